#!/usr/bin/env python3
"""Searches texts by meaning: those nearest to a question come first. Needs NumPy.

embed_search.py MODEL.gguf "a king" "a queen" "a boat" "a crown"
"""

import argparse

import pith


def main():
    parser = argparse.ArgumentParser(description="Order texts by how near they are to a question.")
    parser.add_argument("model")
    parser.add_argument("question")
    parser.add_argument("texts", nargs="+")
    arguments = parser.parse_args()
    with pith.Model.open(arguments.model) as model:
        question, *texts = model.embed([arguments.question, *arguments.texts])  # all at once
        scores = [float(question @ text) for text in texts]  # of vectors of length 1: the cosine
    for score, text in sorted(zip(scores, arguments.texts), key=lambda pair: -pair[0]):
        print(f"{score:6.3f}  {text}")


if __name__ == "__main__":
    main()
