#!/bin/sh
# The whole way on a benign task: drawings against photographs, some of which can only be told by
# degree. Data set, training, evaluation, calibration, a first look at robustness, adversarial
# training, and the bot at work with the result. Run by `make training-demo`. PICTURES (default
# 4000), EPOCHS of the whole network (default 0: the head alone), METHOD of calibration (default
# temperature) and ATTACKED pictures (default 60) may be set.
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
lookout robustness stand-in "$folder/set" --quick --pictures 8 --positive drawing \
    --parts corruptions obfuscations scaling --write "$folder/robustness"
lookout model show stand-in
# Attacks, before and after adversarial training: of fewer, smaller and plainer pictures, since both ask the
# network hundreds of times about each.
PYTHONPATH=tests python -m standin "$folder/few" --pictures 1000
lookout dataset build "$folder/few" --to "$folder/few-set"
lookout train "$folder/few-set" --name stand-in-plain --start nsfwjs-mobilenet-v2 --size 96 \
    --epochs 0 --restart
lookout train "$folder/few-set" --name stand-in-hardened --start nsfwjs-mobilenet-v2 --size 96 \
    --adversarial 4 --epochs 8 --rate 3e-4 --batch 16 --restart
for model in stand-in-plain stand-in-hardened; do
    lookout evaluate "$folder/few-set" --model "$model" --positive drawing --write "$folder/$model"
done
lookout robustness stand-in-plain "$folder/few-set" --against stand-in-hardened --quick \
    --pictures "${ATTACKED:-60}" --parts attacks --write "$folder/attacks"
echo "Before and after calibration:"
grep -h '^| Accuracy |\|calibration error' "$folder/before/evaluation.md" "$folder/after/evaluation.md"
echo "Before and after adversarial training, on validation pictures, test pictures and under attack:"
for model in stand-in-plain stand-in-hardened; do
    lookout model show "$model" | grep 'Validation accuracy'
    grep -h '^| Accuracy |' "$folder/$model/evaluation.md"
done
sed -n '/^## Summary/,/^## Attacks/p' "$folder/attacks/robustness.md" | grep '^|'
# The unchanged bot on a miniature Commons, with this model: what it flags is on the page.
lookout demo --model stand-in
