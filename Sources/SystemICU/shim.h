// Nothing to see for Swift: CICU wraps ICU in plain C types and includes its headers itself (see CICU.h for the reason).
// This module exists so that the package manager finds ICU and links it.
#pragma once
