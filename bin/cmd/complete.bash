# shellcheck shell=bash
# Completion in bash: of options, their words and files, by what a command
# prints with --options. make puts the commands' names in the last line.

# _cd_tools COMMAND WORD BEFORE: as bash calls it.
_cd_tools() {
	local command=${1/#\~/$HOME} word=$2 before=$3 all='' files=1 w
	local name letter arg traits words

	COMPREPLY=()
	# --name=word is three words, where COMP_WORDBREAKS has =
	[ "$before" != = ] || before=${COMP_WORDS[COMP_CWORD - 2]}
	for w in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
		[ "$w" != -- ] || before='' word=./$2 # operands only
	done
	while IFS=$'\t' read -r name letter arg traits words _; do
		all+="$name "
		[ "$letter" = - ] || all+="$letter "
		[ "$arg" != - ] && [ "$before" ] || continue
		[ "$before" = "$name" ] || [ "$before" = "$letter" ] || continue
		[[ $traits == *file* ]] || files=
		[ "$words" = - ] && words=
		mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
		[[ ${COMPREPLY[0]-} != *[=:] ]] ||
			compopt -o nospace 2>/dev/null
		all=
		break
	done < <("$command" --options 2>/dev/null)
	if [[ $word == -* && $all ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$all" -- "$word")
	elif [ "$files" ]; then
		compopt -o filenames 2>/dev/null
		mapfile -t COMPREPLY < <(compgen -f -- "$2")
	fi
}

complete -F _cd_tools @COMMANDS@
