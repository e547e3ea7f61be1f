using System.Text;
using Signalbox.Evidence.Verification.Bundles;
using Signalbox.Evidence.Verification.Keys;

namespace Signalbox.Identities;

/// <summary>A token is not what it must be; the message says what is wrong with it, and nothing that it says.</summary>
public sealed class TokenRefusedException(string message) : Exception(message);

/// <summary>Verifies a JWS in compact form (RFC 7515 section 7.1) under keys that are known beforehand: RS256 and ES256, nothing else.</summary>
public static class JsonWebSignature
{
    private const int LongestToken = 64 << 10;

    /// <returns>The payload's bytes.</returns>
    /// <exception cref="TokenRefusedException">It is not a JWS, or not signed by one of the keys.</exception>
    public static byte[] Verify(string compact, JsonWebKeySet keys) => Guarded(() =>
    {
        var (header, payload, signature) = Parts(compact);
        var fields = JsonFields.Parse(header, "the token's header");
        // what must be understood is not understood here
        if (fields.Has("crit") || fields.Has("b64")) throw new TokenRefusedException("the token's header has an extension that must be understood; expected none");
        var algorithm = fields.Text("alg");
        if (algorithm is not ("RS256" or "ES256")) throw new TokenRefusedException($"the token's algorithm is '{JsonFields.Shown(algorithm ?? "")}'; expected RS256 or ES256");
        var signed = SignedData.Of(Encoding.ASCII.GetBytes(compact[..compact.LastIndexOf('.')]));
        return IsSigned(Find(keys, fields.Text("kid"), algorithm), signed, signature) ? payload : throw new TokenRefusedException("the token's signature does not hold");
    });

    /// <summary>The id of the key that the token names, without a look at whether it holds; null where it names none.</summary>
    /// <exception cref="TokenRefusedException">It is not a JWS.</exception>
    public static string? KeyIdOf(string compact) => Guarded(() => JsonFields.Parse(Parts(compact).Header, "the token's header").Text("kid"));

    /// <summary>A claim, without a look at whether the token holds: to know whose keys to ask for.</summary>
    /// <exception cref="TokenRefusedException">It is not a JWS with claims.</exception>
    public static string? UnverifiedIssuer(string compact) => Guarded(() => JsonFields.Parse(Parts(compact).Payload, "the token's claims").Text("iss"));

    private static JsonWebKey Find(JsonWebKeySet keys, string? id, string algorithm)
    {
        var fitting = keys.Keys.Where(key => key.Algorithm == algorithm && (id is null || key.Id == id)).ToList();
        return fitting is [var only] ? only : throw new TokenRefusedException(fitting.Count == 0 ? "the token was signed with a key that its issuer does not have" : "the token does not say which key it was signed with");
    }

    private static bool IsSigned(JsonWebKey key, SignedData data, byte[] signature) => key.Key is EcdsaKey curve
        ? curve.VerifyFixed(SignatureScheme.EcdsaSha256, data, signature)
        : key.Key.Verify(SignatureScheme.RsaPkcs1Sha256, data, signature);

    private static (byte[] Header, byte[] Payload, byte[] Signature) Parts(string compact)
    {
        if (compact.Length > LongestToken) throw new TokenRefusedException($"the token has {compact.Length} characters; the most is {LongestToken}");
        return compact.Split('.', 4) is [{ Length: > 0 } header, var payload, { Length: > 0 } signature]
            ? (CanonicalBase64Url.Decode(header, "the token's header"), CanonicalBase64Url.Decode(payload, "the token's payload"), CanonicalBase64Url.Decode(signature, "the token's signature"))
            : throw new TokenRefusedException("the token has not the three parts of a JWS in compact form");
    }

    internal static T Guarded<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (MalformedException e)
        {
            throw new TokenRefusedException(e.Message);
        }
    }
}
