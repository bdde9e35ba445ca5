#!/usr/bin/env python3
"""A conversation: each line of standard input is a turn, each answer is shown as it comes.

    chat.py MODEL.gguf

Turns are set in a format whose control tokens the vocabulary has, else as a plain dialogue. The marks are trusted
pieces, what
the user types is not: nobody can type a control token.
"""

import argparse
import sys

import pith

#: Formats: before what the user says, after it, and what ends an answer.
FORMATS = (
    ("<|im_start|>user\n", "<|im_end|>\n<|im_start|>assistant\n", "<|im_end|>"),
    ("<|user|>\n", "<|end|>\n<|assistant|>\n", "<|end|>"),
    ("User: ", "\nAnswer:", "\nUser:"),
)


class Chat:
    def __init__(self, model):
        self.model = model
        self.history = []
        known = (marks for marks in FORMATS if len(model.tokenize(marks[2], trusted=True)) == 1)
        self.before, self.after, self.end = next(known, FORMATS[-1])

    def turn(self, line):
        """Yields the answer's text as it comes."""
        self.history += [pith.trusted(self.before), line, pith.trusted(self.after)]
        said = ""
        with self.model.generate(self.history, stream=True, max_tokens=80, stop=[self.end]) as stream:
            for token in stream:
                said += token.text
                yield token.text
        self.history += [said, pith.trusted(self.end + "\n" if self.end.startswith("<") else "\n")]


def main():
    parser = argparse.ArgumentParser(description="Talk to a model, a line a turn.")
    parser.add_argument("model")
    with pith.Model.open(parser.parse_args().model) as model:
        chat = Chat(model)
        for line in sys.stdin:
            for text in chat.turn(line.rstrip("\n")):
                print(text, end="", flush=True)
            print()


if __name__ == "__main__":
    main()
