// Keccak-256 of many messages of one length (Keccak reference, version 3.0; padding 0x01).
#pragma once
#include <cstdint>
#include <cstring>

#include "parallel.hpp"

namespace ck {
namespace {

constexpr uint64_t keccak_round_constants[24] = {
    0x0000000000000001, 0x0000000000008082, 0x800000000000808a, 0x8000000080008000,
    0x000000000000808b, 0x0000000080000001, 0x8000000080008081, 0x8000000000008009,
    0x000000000000008a, 0x0000000000000088, 0x0000000080008009, 0x000000008000000a,
    0x000000008000808b, 0x800000000000008b, 0x8000000000008089, 0x8000000000008003,
    0x8000000000008002, 0x8000000000000080, 0x000000000000800a, 0x800000008000000a,
    0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008};
// Of lane x + 5y.
constexpr int keccak_rotations[25] = {0,  1,  62, 28, 27, 36, 44, 6,  55, 20, 3,  10, 43,
                                      25, 39, 41, 45, 15, 21, 8,  18, 2,  61, 56, 14};

inline uint64_t rotate_left(uint64_t x, int n) { return n == 0 ? x : x << n | x >> (64 - n); }

inline void keccak_permute(uint64_t (&a)[25]) {
    for (uint64_t constant : keccak_round_constants) {
        uint64_t c[5], b[25];
        for (int x = 0; x < 5; x++) c[x] = a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20];
        for (int x = 0; x < 5; x++) {
            const uint64_t d = c[(x + 4) % 5] ^ rotate_left(c[(x + 1) % 5], 1);
            for (int y = 0; y < 25; y += 5) a[x + y] ^= d;
        }
        for (int x = 0; x < 5; x++) {
            for (int y = 0; y < 5; y++) {
                b[y + 5 * ((2 * x + 3 * y) % 5)] =
                    rotate_left(a[x + 5 * y], keccak_rotations[x + 5 * y]);
            }
        }
        for (int y = 0; y < 25; y += 5) {
            for (int x = 0; x < 5; x++) {
                a[x + y] = b[x + y] ^ (~b[(x + 1) % 5 + y] & b[(x + 2) % 5 + y]);
            }
        }
        a[0] ^= constant;
    }
}

inline void keccak256(uint8_t *out, const uint8_t *message, size_t length) {
    constexpr size_t rate = 136;
    uint64_t state[25] = {};
    uint8_t block[rate];
    const auto absorb = [&](const uint8_t *bytes) {
        uint64_t lanes[rate / 8];
        std::memcpy(lanes, bytes, rate);
        for (size_t i = 0; i < rate / 8; i++) state[i] ^= lanes[i];
        keccak_permute(state);
    };
    for (; length >= rate; message += rate, length -= rate) absorb(message);
    std::memset(block, 0, rate);
    if (length > 0) std::memcpy(block, message, length);
    block[length] = 0x01;
    block[rate - 1] |= 0x80;
    absorb(block);
    std::memcpy(out, state, 32);
}

inline void keccak256_many(uint8_t *out, const uint8_t *messages, size_t length, size_t n) {
    parallel_for(n, 1 << 8, [=](size_t begin, size_t end) {
        for (size_t i = begin; i < end; i++) keccak256(out + 32 * i, messages + length * i, length);
    });
}

}  // namespace
}  // namespace ck
