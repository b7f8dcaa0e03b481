// Our own C: tables too large for Swift literals, and the loops that need instructions Swift cannot name.
#pragma once
#include "UnicodeTables.h"
#include "UnicodeLookup.h"
#include "CharacterClass.h"
#include "SegmentationTables.h"
#include "Prefetch.h"
