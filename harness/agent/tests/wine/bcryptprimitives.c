/* Wine before 9 has no bcryptprimitives.dll, and every Rust program of Windows asks it for random numbers. This stands in for it in
 * the tests' own wine prefix (ci/windows) and nowhere else. */
#include <windows.h>
#include <bcrypt.h>

__declspec(dllexport) BOOL WINAPI ProcessPrng(PUCHAR bytes, SIZE_T length) {
    return BCryptGenRandom(NULL, bytes, (ULONG)length, BCRYPT_USE_SYSTEM_PREFERRED_RNG) >= 0;
}
