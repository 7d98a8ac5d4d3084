package dev.dragoman.model;

import dev.dragoman.text.Tokenizer;

/** A model as it lies on disk: what it is, its weights, and how text becomes its tokens. */
public record Model(ModelConfig config, TransformerWeights weights, Tokenizer tokenizer) {}
