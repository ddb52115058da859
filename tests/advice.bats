# what is said to people who type something that is not known here

load helper


@test "a wrong option: one line, the nearest right one, the usage in short" {
	run -2 cd-batch --augmnt
	[ "${#lines[@]}" -eq 2 ]
	run -2 cd-augment --rotatte 3
	[ "${lines[0]}" = "cd-augment: --rotatte: there is no such option; \
did you mean --rotate?" ]
	[ "${lines[1]}" = "usage: cd-augment [option ...] [file ...] \
(--help lists the options)" ]
	# nothing near: nothing is made up
	run -2 cd-augment --xyzzy
	[ "${lines[0]}" = "cd-augment: --xyzzy: there is no such option" ]
	run -2 cd-augment --no_such=3
	[ "${lines[0]}" = "cd-augment: --no_such=3: there is no such option" ]
	# what must be given stays in the line
	fails_with 2 "usage: cd-predict --model model-file [option ...] [file" \
		cd-predict
}

@test "what people bring from elsewhere: where it lives here" {
	fails_with 2 "cd-shuffle --epochs sets that" cd-train --epochs 3 m.trs
	fails_with 2 "; it is --lr" cd-train --learning-rate=3 m.trs
	fails_with 2 "; it is --lr" cd-train --learning_rate 3 m.trs
	fails_with 2 "; it is --flip" cd-augment --horizontal-flip
	fails_with 2 "; it is -n" cd-batch --batch-size 3
	fails_with 2 "; it is --threads" cd-decode --num-workers 3
	# an answer names only what the command has
	fails_with 2 "there is no such option" cd-info --num-workers 3
	run ! grep 'it is' fails.err
}

# Every answer that names an option of a command names one that it has.
@test "answers are true" {
	local command answer
	sed -n 's/^\t{ "\(cd-[a-z]*\)", "[^"]*", "it is --\([a-z-]*\).*/\1 \2/p
	    s/^\t{ .* "\(cd-[a-z]*\) --\([a-z-]*\) .*/\1 \2/p' \
		"$BATS_TEST_DIRNAME/../bin/cmd/advice.c" >answers
	[ "$(wc -l <answers)" -gt 20 ]
	while read -r command answer; do
		"$command" --help | grep -c -e "--$answer" >count || {
			echo "$command has no --$answer"
			return 1
		}
	done <answers
}

@test "an option given twice, where one holds" {
	fails_with 2 "cd-predict: --model: given twice" \
		cd-predict --model a --model b x.trs
	fails_with 2 "cd-select: --count: given twice" \
		cd-select -n 3 --count 3 x.trs
	# some may be repeated
	cd-draw -n 2 d
	cd-decode --size 16x16 --label prefix d >d.trs
	cd-predict --model "$(make_model 16)" d.trs >p.trs
	cd-eval --require accuracy=0 --require log_loss=9 p.trs
}

@test "in a broken pipeline the first message is the one that counts" {
	run bash -c 'cd-select nowhere.trs | cd-batch -n 2 | cd-info'
	nothing="standard input: record 0: at byte 0: nothing came; see the \
message of the stage before, if it could leave one"
	[ "$(sort <<<"$output")" = "cd-batch: $nothing
cd-info: $nothing
cd-select: nowhere.trs: No such file or directory" ]
	# an empty file is another thing
	: >empty.trs
	fails_with 2 "empty.trs: record 0: at byte 0: empty: not even" \
		cd-info empty.trs
}

@test "what is given for something else" {
	cd-draw -n 1 d
	fails_with 2 "a JPEG picture, not a list of names: name pictures as \
operands" cd-decode <d/cat.0.jpg
	fails_with 2 "a stream, not a net text; cd-train --summary" \
		cd-init --summary "$ROOT/formats/vectors/good-model.trs"
	fails_with 2 "a JPEG picture, not a net text" cd-init d/cat.0.jpg
	printf 'input 8 8 3\nConv2D 4 3x3\n' >in.net
	fails_with 2 "line 2: Conv2D: unknown word; here it is 'conv'" \
		cd-init in.net
}

@test "a command that reads from a terminal says so" {
	command -v script >/dev/null || skip "script(1) is not here"
	run script -qec "cd-info" /dev/null </dev/null
	[[ $output == *"cd-info: reading an input from the terminal (Ctrl-D"* ]]
	run script -qec "cd-decode" /dev/null </dev/null
	[[ $output == *"cd-decode: reading a list from the terminal"* ]]
}

@test "a model that goes on otherwise than it was trained says so" {
	s=$(make_samples 3 16)
	cp "$(make_model 16)" m.trs
	cd-shuffle --seed 1 --epochs 1 "$s" | cd-train -q -n 4 m.trs
	# more epochs are what training goes on with
	cd-shuffle --seed 1 --epochs 2 "$s" | cd-train -q -n 4 m.trs 2>err
	[ ! -s err ]
	cd-shuffle --seed 2 --epochs 3 "$s" |
		cd-train -q -n 3 --lr 0.5 m.trs 2>err
	grep -E "trained with 'cd-train [0-9.]+ --batch 4', and goes on with \
'cd-train [0-9.]+ --batch 3 --lr 0.5'$" err
	grep -E "with 'cd-shuffle [0-9.]+ --epochs 2 --seed 1', and goes on \
with 'cd-shuffle [0-9.]+ --epochs 3 --seed 2'$" err
	[ "$(wc -l <err)" -eq 2 ]
	# each stage is compared with its own
	cd-shuffle --seed 2 --epochs 4 "$s" | cd-augment --flip |
		cd-train -q -n 3 --lr 0.5 m.trs 2>err
	grep -E "warning: the model was trained without 'cd-augment .*'" err
	[ "$(wc -l <err)" -eq 1 ]
	cd-shuffle --seed 2 --epochs 5 "$s" |
		cd-train -q -n 3 --lr 0.5 m.trs 2>err
	grep -E "trained with 'cd-augment .*', and goes on without" err
	[ "$(wc -l <err)" -eq 1 ]
}
