import CKernels

/// Keccak-256 of many short messages at once; the transcript uses Field's.
enum KeccakKernel {
    /// The digests, 32 bytes each, of the messages of `messageLength` bytes that lie one behind the
    /// other.
    ///
    /// - Precondition: a whole number of messages.
    static func digests(
        of messages: [UInt8], messageLength: Int, with k: KernelSet = .best
    ) -> [UInt8] {
        precondition(
            messageLength > 0 && messages.count.isMultiple(of: messageLength),
            "\(messages.count) bytes in messages of \(messageLength)")
        let count = messages.count / messageLength
        return .filled(32 * count) { out in
            guard let target = out.baseAddress else { return }
            k.c.keccak256_many(target, messages, messageLength, count)
        }
    }
}
