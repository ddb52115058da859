/* The files of a command, of which none may be written that is read, nor
 * written twice: what is lost that way is lost with status 0. Files are told
 * apart by device and inode, so that links do not hide anything. For mains:
 * each function ends the program (cd_die) where a file is named for two things,
 * before anything is written. */
#ifndef CD_CMD_FILES_H
#define CD_CMD_FILES_H

#include <stdbool.h>

/* What a command does with the files named by its operands. */
enum cd_operands {
	CD_OPERANDS_OWN,   /* the command calls the functions below */
	CD_OPERANDS_READ,  /* reads them; standard input if there are none */
	CD_OPERANDS_ALIKE, /* so too; -o may name one of them, which is then
			    * replaced when all has been read */
};

/* No file has been named. */
void cd_files_begin(void);

/* Path is read, and what names it: "--model", "an input". NULL, "-" and
 * /dev/stdin: standard input, which can be read for one thing only. what must
 * last. */
void cd_files_read(const char *path, const char *what);
/* The same, but it is not remembered: for pictures, of which there may be very
 * many. All that is written must have been named. */
void cd_files_look(const char *path, const char *what);
/* Path is written. NULL: standard output. */
void cd_files_written(const char *path, const char *what);
/* As cd_files_written, but it may be one of those read as "an input". */
void cd_files_replaced(const char *path, const char *what);

/* What operands are called. */
extern const char cd_files_input[];

#endif
