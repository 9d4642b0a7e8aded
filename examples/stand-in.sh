#!/bin/sh
# The whole way on a benign task: drawings against photograph-like pictures. Run by `make training-demo`.
# PICTURES (default 3000) and EPOCHS of the whole network (default 0: the head alone) make it longer.
set -eu
folder=${LOOKOUT_HOME:-var}/stand-in
rm -rf "$folder"
PYTHONPATH=tests python -m standin "$folder/pictures" --pictures "${PICTURES:-3000}"
lookout dataset build "$folder/pictures" --to "$folder/set"
lookout train "$folder/set" --name stand-in --epochs "${EPOCHS:-0}" --restart
lookout evaluate "$folder/set" --model stand-in --positive drawing --write "$folder/before"
lookout calibrate "$folder/set" --model stand-in
lookout evaluate "$folder/set" --model stand-in --positive drawing --write "$folder/after"
lookout model show stand-in
