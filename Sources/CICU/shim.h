#pragma once
#include <unicode/uversion.h>
