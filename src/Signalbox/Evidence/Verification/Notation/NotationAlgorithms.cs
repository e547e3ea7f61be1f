using Signalbox.Evidence.Verification.Bundles;
using Signalbox.Evidence.Verification.Keys;

namespace Signalbox.Evidence.Verification.Notation;

/// <summary>The six algorithms of the specification ("Algorithm Selection"): the key decides, the envelope must agree.</summary>
internal static class NotationAlgorithms
{
    private static readonly (string Jose, long Cose, string Key, SignatureScheme Scheme)[] s_table =
    [
        ("PS256", -37, "RSA 2048", SignatureScheme.RsaPssSha256),
        ("PS384", -38, "RSA 3072", SignatureScheme.RsaPssSha384),
        ("PS512", -39, "RSA 4096", SignatureScheme.RsaPssSha512),
        ("ES256", -7, "ECDSA P-256", SignatureScheme.EcdsaSha256),
        ("ES384", -35, "ECDSA P-384", SignatureScheme.EcdsaSha384),
        ("ES512", -36, "ECDSA P-521", SignatureScheme.EcdsaSha512),
    ];

    public static SignatureScheme FromJose(string name) => Array.Find(s_table, row => row.Jose == name) is { Jose: not null } row
        ? row.Scheme
        : throw new MalformedException($"the algorithm is '{JsonFields.Shown(name)}'; expected one of {string.Join(", ", s_table.Select(known => known.Jose))}");

    public static SignatureScheme FromCose(long label) => Array.Find(s_table, row => row.Cose == label) is { Jose: not null } row
        ? row.Scheme
        : throw new MalformedException($"the algorithm is {label}; expected one of {string.Join(", ", s_table.Select(known => known.Cose))}");

    /// <returns>Null where a key of this kind and size must not sign.</returns>
    public static SignatureScheme? Of(VerificationKey key) => Array.Find(s_table, row => row.Key == key.Name) is { Jose: not null } row ? row.Scheme : null;
}
