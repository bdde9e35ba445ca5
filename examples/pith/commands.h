/* The commands, for main.c. */
#ifndef PITH_COMMANDS_H
#define PITH_COMMANDS_H

#include "flags.h"

extern const command command_run, command_tokenize, command_embed, command_inspect, command_version;

#endif
