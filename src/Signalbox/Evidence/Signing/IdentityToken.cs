using Signalbox.Evidence.Verification.Bundles;

namespace Signalbox.Evidence.Signing;

/// <summary>What a signer must know of its own identity token (a JWT). Nothing is verified: that is Fulcio's part.</summary>
public static class IdentityToken
{
    /// <summary>Who made the token; null where it is no JWT or does not say.</summary>
    public static string? Issuer(string token) => First(token, "iss");

    /// <summary>What Fulcio certifies and the proof of possession is over: the e-mail address where there is one, else the subject.</summary>
    public static string? Subject(string token) => First(token, "email", "sub");

    private static string? First(string token, params ReadOnlySpan<string> names)
    {
        try
        {
            if (token.Split('.') is not [_, var encoded, _]) return null;
            var claims = JsonFields.Parse(Decode(encoded), "the token");
            foreach (var name in names)
                if (claims.Text(name) is { } text) return text;
            return null;
        }
        catch (Exception e) when (e is FormatException or MalformedException)
        {
            return null;
        }
    }

    private static byte[] Decode(string text) =>
        Convert.FromBase64String(text.Replace('-', '+').Replace('_', '/').PadRight((text.Length + 3) / 4 * 4, '='));
}
