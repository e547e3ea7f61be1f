using System.Numerics;
using System.Security.Cryptography;
using System.Text.Json;
using Signalbox.Evidence.Verification.Bundles;
using Signalbox.Evidence.Verification.Keys;

namespace Signalbox.Identities;

/// <summary>A key that checks tokens, of a set.</summary>
/// <param name="Algorithm">RS256 or ES256: the one that its kind and curve allow.</param>
internal sealed record JsonWebKey(string? Id, string Algorithm, VerificationKey Key);

/// <summary>
/// An issuer's public keys (RFC 7517). Only keys for RS256 and ES256 that are for signatures count; whatever else stands
/// in a set is passed over, as issuers keep keys for more than one purpose. Keys that are known to be weak are none.
/// </summary>
public sealed class JsonWebKeySet
{
    private const int MostKeys = 100, LargestSet = 256 << 10;

    private JsonWebKeySet(IReadOnlyList<JsonWebKey> keys) => Keys = keys;

    internal IReadOnlyList<JsonWebKey> Keys { get; }

    /// <exception cref="FormatException">It is no set of keys, or names two by one id.</exception>
    public static JsonWebKeySet Read(ReadOnlyMemory<byte> json)
    {
        try
        {
            if (json.Length > LargestSet) throw new MalformedException($"the key set has {json.Length} bytes; the most is {LargestSet}");
            var keys = JsonFields.Parse(json, "the key set").Objects("keys");
            if (keys.Count > MostKeys) throw new MalformedException($"the key set has {keys.Count} keys; the most is {MostKeys}");
            if (keys.Select(key => key.Text("kid")).OfType<string>().GroupBy(id => id, StringComparer.Ordinal).Any(group => group.Count() > 1)) throw new MalformedException("the key set names two keys by one id");
            return new([.. keys.Select(ReadKey).OfType<JsonWebKey>()]);
        }
        catch (MalformedException e)
        {
            throw new FormatException(e.Message, e);
        }
    }

    private static JsonWebKey? ReadKey(JsonFields key)
    {
        if (key.Text("use") is not (null or "sig") || (key.Has("key_ops") && !key.List("key_ops").Any(operation => operation.ValueKind == JsonValueKind.String && operation.ValueEquals("verify")))) return null;
        var algorithm = (key.Text("kty"), key.Text("crv")) switch { ("RSA", null) => "RS256", ("EC", "P-256") => "ES256", _ => null };
        if (algorithm is null || (key.Text("alg") ?? algorithm) != algorithm) return null;
        try
        {
            return new(key.Text("kid"), algorithm, VerificationKey.FromSpki(algorithm == "RS256" ? Rsa(key) : Curve(key)));
        }
        catch (Exception e) when (e is MalformedException or CryptographicException)
        {
            return null;
        }
    }

    private static byte[] Rsa(JsonFields key)
    {
        var (modulus, exponent) = (Number(key, "n"), Number(key, "e"));
        // below it a public exponent is not used by anybody careful (FIPS 186-5 section 5.1)
        if (exponent.Length > 4 || new BigInteger(exponent, isUnsigned: true, isBigEndian: true) is not { IsEven: false } number || number < 65537) throw new MalformedException("an RSA key has an exponent that is too small");
        if (WeakPrimes.Made(new(modulus, isUnsigned: true, isBigEndian: true))) throw new MalformedException("an RSA key was made by a library that makes weak ones");
        using var rsa = RSA.Create(new RSAParameters { Modulus = modulus, Exponent = exponent });
        return rsa.ExportSubjectPublicKeyInfo();
    }

    private static byte[] Curve(JsonFields key)
    {
        var (x, y) = (Bytes(key, "x"), Bytes(key, "y"));
        if (x.Length != 32 || y.Length != 32) throw new MalformedException("a key is not a point of its curve");
        using var curve = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new() { X = x, Y = y } });
        return curve.ExportSubjectPublicKeyInfo();
    }

    private static byte[] Number(JsonFields key, string name) => Bytes(key, name) is [not 0, ..] bytes ? bytes : throw key.Missing(name);

    private static byte[] Bytes(JsonFields key, string name) => CanonicalBase64Url.Decode(key.RequiredText(name), key.At(name));
}

/// <summary>
/// RSA keys of a library whose primes can be guessed (CVE-2017-15361, "ROCA"): their modulus is a power of 65537 modulo
/// each of the first primes, which another key is by chance once in 2^27 (Nemec et al., CCS 2017, section 2).
/// </summary>
internal static class WeakPrimes
{
    private const int Generator = 65537;

    private static readonly int[] s_primes = [3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167];

    public static bool Made(BigInteger modulus) => Array.TrueForAll(s_primes, prime => IsPower((int)(modulus % prime), prime));

    private static bool IsPower(int rest, int prime)
    {
        var power = 1;
        do
        {
            if (power == rest) return true;
            power = power * (Generator % prime) % prime;
        }
        while (power != 1);
        return false;
    }
}
