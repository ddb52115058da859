#compdef @COMMANDS@
# Completion in zsh: of options, their words and files, by what a command
# prints with --options. make puts the commands' names in the first line.

# Words that something follows: a number, or a file after a colon.
_cd_tools_begin() {
	compset -P '*:' && _files || compadd -S '' -- "$@"
}

_cd_tools() {
	local name letter arg traits values help action once
	local -a specs

	while IFS=$'\t' read -r name letter arg traits values help; do
		help=${${${help//\\/\\\\}//\[/\\[}//\]/\\]}
		values=${values//:/\\:}
		case $traits$values in
		*file*) action=_files ;;
		*[=:]) action=" _cd_tools_begin $values" ;;
		*-) action=' ' ;;
		*) action="($values)" ;;
		esac
		[[ $arg == - ]] && action= || action=":${arg//:/\\:}:$action"
		[[ $traits == *many* ]] && once='*' || once="(${letter:#-} $name)"
		specs+=("$once$name${action:+=}[$help]$action")
		[[ $letter == - ]] ||
			specs+=("$once$letter${action:++}[$help]$action")
	done < <(_call_program options $words[1] --options)
	_arguments -s -S $specs '*:file:_files'
}

_cd_tools "$@"
