// The verifier as others link it: receipts, policies, whole logs. No database, no network, no
// thread; README.md has an example.
#pragma once

#include "store/merkle/tree.h"
#include "store/notes/checkpoint.h"
#include "store/verify/log_audit.h"
#include "store/verify/policy.h"
#include "store/verify/receipt.h"
