//! A model in ONNX that takes the pieces of a text, run in this process (`rten`), without a library
//! to install.
//!
//! It takes `input_ids`, and `attention_mask` and `token_type_ids` if it has them, of the shape
//! `[1, n]`. What its scores are of is for the classifier to say.

use std::sync::Arc;

use rten::{Model, NodeId, RunOptions, ThreadPool, Value, ValueOrView};
use rten_tensor::NdTensor;
use rten_tensor::prelude::*;

use super::ClassifierError;
use super::pieces::Pieces;

/// A model, and where pieces go in and scores come out.
pub(super) struct OnnxModel {
    model: Model,
    inputs: Vec<(NodeId, Input)>,
    output: NodeId,
    /// The shape that scores should have.
    shape: &'static str,
}

/// What an input of a model takes.
#[derive(Clone, Copy)]
enum Input {
    Ids,
    Mask,
    Types,
}

impl OnnxModel {
    /// Loads a model, which should give scores of this shape.
    pub(super) fn load(bytes: Vec<u8>, shape: &'static str) -> Result<Self, ClassifierError> {
        let model = Model::load(bytes).map_err(|error| ClassifierError::Model(Box::new(error)))?;
        let named = |id: &NodeId| {
            let info = model.node_info(*id)?;
            let input = match info.name()? {
                "input_ids" => Input::Ids,
                "attention_mask" => Input::Mask,
                "token_type_ids" => Input::Types,
                _ => return None,
            };
            Some((*id, input))
        };
        let inputs: Vec<(NodeId, Input)> = model.input_ids().iter().filter_map(named).collect();
        let takes_pieces = inputs.iter().any(|(_, input)| matches!(input, Input::Ids));
        let output = model.output_ids().first().copied().filter(|_| takes_pieces);
        let output = output.ok_or(ClassifierError::Shape { scores: shape })?;
        Ok(Self { model, inputs, output, shape })
    }

    /// That its scores have another shape than they should.
    pub(super) const fn other_shape(&self) -> ClassifierError {
        ClassifierError::Shape { scores: self.shape }
    }

    /// The scores of pieces between those that a text begins and ends with, and their shape; an error
    /// when the model fails, or its scores have another number of dimensions. It is run by `threads`,
    /// or by those that all models of the process share.
    pub(super) fn scores<const DIMENSIONS: usize>(
        &self,
        pieces: impl Iterator<Item = i32>,
        vocabulary: &Pieces,
        threads: Option<Arc<ThreadPool>>,
    ) -> Result<([usize; DIMENSIONS], Vec<f32>), ClassifierError> {
        let ids: Vec<i32> =
            std::iter::once(vocabulary.begin).chain(pieces).chain([vocabulary.end]).collect();
        let length = ids.len();
        let row = |values: Vec<i32>| NdTensor::from_data([1, length], values);
        let inputs: Vec<(NodeId, ValueOrView<'_>)> = self
            .inputs
            .iter()
            .map(|(id, input)| {
                let values = match input {
                    Input::Ids => ids.clone(),
                    Input::Mask => vec![1; length],
                    Input::Types => vec![0; length],
                };
                (*id, Value::from(row(values)).into())
            })
            .collect();
        let options = RunOptions::default().with_thread_pool(threads);
        let failed = |error| ClassifierError::Run(Box::new(error));
        let outputs = self.model.run(inputs, &[self.output], Some(options)).map_err(failed)?;
        let scores = outputs.into_iter().next().and_then(|output| output.try_into().ok());
        let scores: NdTensor<f32, DIMENSIONS> = scores.ok_or_else(|| self.other_shape())?;
        Ok((scores.shape(), scores.to_vec()))
    }
}
