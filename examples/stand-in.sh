#!/bin/sh
# The whole way on a benign task: drawings against photographs, some of which can only be told by
# degree. Data set, training, evaluation, calibration, a first look at robustness, and the bot at
# work with the result. Run by `make training-demo`. PICTURES (default 4000), EPOCHS of the whole
# network (default 0: the head alone) and METHOD of calibration (default temperature) may be set.
set -eu
folder=${LOOKOUT_HOME:-var}/stand-in
rm -rf "$folder"
PYTHONPATH=tests python -m standin "$folder/pictures" --pictures "${PICTURES:-4000}" --overlapping
lookout dataset build "$folder/pictures" --to "$folder/set"
# Labels are smoothed, as for InceptionV3: the model is right, and less sure than it could be.
lookout train "$folder/set" --name stand-in --epochs "${EPOCHS:-0}" --smoothing 0.1 --restart
lookout evaluate "$folder/set" --model stand-in --positive drawing --write "$folder/before"
lookout calibrate "$folder/set" --model stand-in --method "${METHOD:-temperature}"
lookout evaluate "$folder/set" --model stand-in --positive drawing --write "$folder/after"
lookout robustness stand-in "$folder/set" --quick --positive drawing --write "$folder/robustness"
lookout model show stand-in
grep -h 'Accuracy\|calibration error' "$folder/before/evaluation.md" "$folder/after/evaluation.md"
# The unchanged bot on a miniature Commons, with this model: what it flags is on the page.
lookout demo --model stand-in
