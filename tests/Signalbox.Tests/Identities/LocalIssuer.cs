using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Signalbox.Tests.Identities;

/// <summary>A CI system's token service with keys of its own; it also makes wrong tokens.</summary>
internal sealed class LocalIssuer
{
    private readonly RSA _rsa = RSA.Create(2048);
    private readonly ECDsa _curve = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public const string Address = "https://token.ci.example", Audience = "https://signalbox.acme.example";

    public string Keys(string id = "1") => new JsonObject { ["keys"] = new JsonArray(RsaKey(id), CurveKey(id + "-ec")) }.ToJsonString();

    public static JsonObject Claims(DateTimeOffset now, string issuer = Address) => new()
    {
        ["iss"] = issuer,
        ["aud"] = Audience,
        ["sub"] = "repo:acme/shop:environment:production",
        ["jti"] = Guid.NewGuid().ToString(),
        ["iat"] = now.ToUnixTimeSeconds(),
        ["nbf"] = now.ToUnixTimeSeconds(),
        ["exp"] = now.AddMinutes(5).ToUnixTimeSeconds(),
        ["repository_id"] = "4711",
        ["repository"] = "acme/shop",
        ["ref"] = "refs/heads/main",
        ["environment"] = "production",
    };

    public string Token(JsonObject claims, string algorithm = "RS256", string? id = "1", JsonObject? header = null)
    {
        var head = header ?? [];
        head["alg"] = algorithm;
        head["typ"] = "JWT";
        if (id is not null) head["kid"] = algorithm == "ES256" ? id + "-ec" : id;
        var signed = Encode(Encoding.UTF8.GetBytes(head.ToJsonString())) + "." + Encode(Encoding.UTF8.GetBytes(claims.ToJsonString()));
        return signed + "." + Encode(Sign(Encoding.ASCII.GetBytes(signed), algorithm));
    }

    private byte[] Sign(byte[] data, string algorithm) => algorithm switch
    {
        "ES256" => _curve.SignData(data, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation),
        // the classic: the public key as a shared secret
        "HS256" => HMACSHA256.HashData(_rsa.ExportSubjectPublicKeyInfo(), data),
        "none" => [0],
        "PS256" => _rsa.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pss),
        _ => _rsa.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
    };

    private JsonObject RsaKey(string id)
    {
        var key = _rsa.ExportParameters(false);
        return new() { ["kty"] = "RSA", ["use"] = "sig", ["alg"] = "RS256", ["kid"] = id, ["n"] = Encode(key.Modulus!), ["e"] = Encode(key.Exponent!) };
    }

    private JsonObject CurveKey(string id)
    {
        var key = _curve.ExportParameters(false);
        return new() { ["kty"] = "EC", ["use"] = "sig", ["crv"] = "P-256", ["kid"] = id, ["x"] = Encode(key.Q.X!), ["y"] = Encode(key.Q.Y!) };
    }

    private static string Encode(byte[] bytes) => Base64Url.EncodeToString(bytes);
}
