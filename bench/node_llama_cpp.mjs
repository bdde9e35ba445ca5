// A peer for compare.py: llama.cpp, whose libraries the npm package node-llama-cpp brings, built for each kind of processor.
//
//     npm install --prefix FOLDER --ignore-scripts node-llama-cpp @node-llama-cpp/linux-x64
//     node bench/node_llama_cpp.mjs FOLDER MODEL.gguf PROMPT GENERATE THREADS REPEAT
//
// Prints the best speeds of REPEAT prompts, each evaluated as one batch, and of as many greedy generations behind one token.
import path from "node:path";
import {pathToFileURL} from "node:url";

function fail(message) {
    console.error(`node_llama_cpp.mjs: ${message}`);
    process.exit(1);
}

async function loadPackage(folder) {
    try {
        return await import(pathToFileURL(path.resolve(folder, "node_modules/node-llama-cpp/dist/index.js")));
    } catch (error) {
        fail(`no node-llama-cpp in ${folder} (npm install --prefix ${folder} --ignore-scripts node-llama-cpp): ${error.message}`);
    }
}

async function promptSpeed(sequence, tokens) {
    await sequence.clearHistory();
    const start = performance.now();
    await sequence.evaluateWithoutGeneratingNewTokens(tokens);
    return tokens.length / (performance.now() - start) * 1000;
}

// The clock starts at the first token generated: what came before it is the prompt of one token.
async function generationSpeed(sequence, count) {
    await sequence.clearHistory();
    let start = 0, generated = -1;
    for await (const _ of sequence.evaluate([1], {temperature: 0, yieldEogToken: true})) {
        start ||= performance.now();
        if (++generated === count) {
            break;
        }
    }
    if (generated < count) {
        fail(`the model ended its text after ${generated + 1} tokens of ${count + 1}: measure with fewer`);
    }
    return generated / (performance.now() - start) * 1000;
}

async function main() {
    const [folder, modelPath, ...rest] = process.argv.slice(2);
    const [prompt, generate, threads, repeat] = rest.map(Number);
    if (rest.length !== 4 || !rest.every((n) => Number.isSafeInteger(Number(n)) && Number(n) > 0)) {
        fail("usage: node_llama_cpp.mjs FOLDER MODEL.gguf PROMPT GENERATE THREADS REPEAT, the last four numbers of 1 or more");
    }
    const {getLlama} = await loadPackage(folder);
    const llama = await getLlama({gpu: false, build: "never", logLevel: "error", maxThreads: threads});
    const model = await llama.loadModel({modelPath, gpuLayers: 0});
    const context = await model.createContext({contextSize: Math.max(prompt, generate + 2) + 64, batchSize: prompt, threads});
    const sequence = context.getSequence();
    const tokens = Array.from({length: prompt}, (_, i) => (i * 7919 + 13) % 1000); // ids that every vocabulary has
    const best = {prompt: 0, generate: 0};
    for (let i = 0; i < repeat; i++) {
        best.prompt = Math.max(best.prompt, await promptSpeed(sequence, tokens));
        best.generate = Math.max(best.generate, await generationSpeed(sequence, generate));
    }
    console.log(`prompt ${best.prompt.toFixed(2)} generate ${best.generate.toFixed(2)}`);
    process.exit(0); // its worker threads would keep the process
}

main().catch((error) => fail(error.message));
