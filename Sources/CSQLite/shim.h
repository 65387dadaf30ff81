// SQLite, from Debian's libsqlite3-dev.
#pragma once
#include <sqlite3.h>

// sqlite3_db_config takes variable arguments, which Swift does not import.

/// Keeps what a database brings along (views, triggers, generated columns) from doing anything but
/// computing, and its tables from being written past SQL; 0 where that was refused.
static inline int mlops_sqlite_harden(sqlite3 *database) {
  int off = 1, defensive = 0, extensions = 1;
  if (sqlite3_db_config(database, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, &off) != SQLITE_OK) return 0;
  if (sqlite3_db_config(database, SQLITE_DBCONFIG_DEFENSIVE, 1, &defensive) != SQLITE_OK) return 0;
  if (sqlite3_db_config(database, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, &extensions) != SQLITE_OK)
    return 0;
  return off == 0 && defensive == 1 && extensions == 0;
}
