// Our own C: tables too large for Swift literals, and the loops that need instructions Swift cannot name.
#pragma once
#include "UnicodeTables.h"
#include "UnicodeLookup.h"
#include "BytePlanes.h"
#include "ByteSearch.h"
#include "CategoryTables.h"
#include "CharacterClass.h"
#include "IDs.h"
#include "LargeMemory.h"
#include "PairMerges.h"
#include "Prefetch.h"
#include "SegmentationTables.h"
#include "WordLookup.h"
