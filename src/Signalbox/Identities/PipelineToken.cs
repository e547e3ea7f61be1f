using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Signalbox.Evidence.Verification.Bundles;

namespace Signalbox.Identities;

/// <summary>A pipeline's identity that was proven.</summary>
/// <param name="Claims">Every claim that is a text, a number or a truth value, as text.</param>
/// <param name="Once">Digest of issuer and token id: the token is spent under it.</param>
public sealed record PipelineIdentity(string Issuer, string Subject, IReadOnlyDictionary<string, string> Claims, string Once, DateTimeOffset Expires);

/// <summary>Verifies the OpenID Connect token of a CI job (OpenID Connect Core 1.0 section 3.1.3.7; RFC 8725).</summary>
public static class PipelineToken
{
    /// <summary>Clocks differ; a minute is what they may.</summary>
    public static readonly TimeSpan Skew = TimeSpan.FromMinutes(1);

    /// <summary>GitLab's live as long as a job may run; one that lives longer than a day is not a job's.</summary>
    public static readonly TimeSpan LongestLife = TimeSpan.FromHours(24);

    private const int MostClaims = 200;

    /// <param name="issuer">Whose keys these are.</param>
    /// <param name="audience">Ours: a token for anybody else is not taken.</param>
    /// <exception cref="TokenRefusedException">It does not hold, or not here, or not now.</exception>
    public static PipelineIdentity Verify(string token, JsonWebKeySet keys, string issuer, string audience, DateTimeOffset now)
    {
        var payload = JsonWebSignature.Verify(token, keys);
        return JsonWebSignature.Guarded(() =>
        {
            var claims = JsonFields.Parse(payload, "the token's claims");
            if (claims.Text("iss") != issuer) throw new TokenRefusedException("the token is of another issuer than its keys");
            CheckAudience(claims, audience);
            var expires = CheckTimes(claims, now);
            var id = claims.RequiredText("jti");
            var once = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{issuer.Length}:{issuer}{id}")));
            return new PipelineIdentity(issuer, claims.RequiredText("sub"), Texts(claims), once, expires);
        });
    }

    /// <summary>One audience, and it is ours: with two the other could hand the token on.</summary>
    private static void CheckAudience(JsonFields claims, string audience)
    {
        var named = claims.Element.TryGetProperty("aud", out var element) ? element : throw claims.Missing("aud");
        var one = element.ValueKind == JsonValueKind.Array && element.GetArrayLength() == 1 ? element[0] : named;
        if (one.ValueKind != JsonValueKind.String || !one.ValueEquals(audience)) throw new TokenRefusedException($"the token is for another audience; expected '{audience}' alone");
    }

    private static DateTimeOffset CheckTimes(JsonFields claims, DateTimeOffset now)
    {
        var (issued, expires) = (Time(claims, "iat") ?? throw claims.Missing("iat"), Time(claims, "exp") ?? throw claims.Missing("exp"));
        if (now >= expires + Skew) throw new TokenRefusedException($"the token expired at {expires:u}");
        if (issued > now + Skew || Time(claims, "nbf") > now + Skew) throw new TokenRefusedException("the token is of the future");
        if (expires - issued > LongestLife || expires < issued) throw new TokenRefusedException($"the token lives for {expires - issued}; the most is {LongestLife.TotalHours:0} h");
        return expires;
    }

    private static DateTimeOffset? Time(JsonFields claims, string name)
    {
        if (!claims.Element.TryGetProperty(name, out var value)) return null;
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var seconds) && seconds is >= 0 and <= 253402300799
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : throw new MalformedException($"{claims.At(name)} is not a time in seconds");
    }

    private static Dictionary<string, string> Texts(JsonFields claims)
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var claim in claims.Element.EnumerateObject().Take(MostClaims))
            if (claim.Value.ValueKind == JsonValueKind.String) texts[claim.Name] = claims.Text(claim.Name)!;
            else if (claim.Value.ValueKind is JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False) texts[claim.Name] = claim.Value.GetRawText();
        return texts;
    }
}
