using Signalbox.Evidence.Verification.Bundles;

namespace Signalbox.Evidence.Signing;

/// <summary>What a signer must know of its own identity token (a JWT). Nothing is verified: that is Fulcio's part.</summary>
public static class IdentityToken
{
    /// <summary>Who made the token; null where it is no JWT or does not say.</summary>
    public static string? Issuer(string token) => Claims(token)?.Text("iss");

    /// <summary>What Fulcio certifies and the proof of possession is over: the e-mail address where there is one, else the subject.</summary>
    public static string? Subject(string token) => Claims(token) is { } claims ? claims.Text("email") ?? claims.Text("sub") : null;

    private static JsonFields? Claims(string token)
    {
        try
        {
            return token.Split('.') is [_, var claims, _] ? JsonFields.Parse(Decode(claims), "the token") : null;
        }
        catch (Exception e) when (e is FormatException or MalformedException)
        {
            return null;
        }
    }

    private static byte[] Decode(string text) =>
        Convert.FromBase64String(text.Replace('-', '+').Replace('_', '/').PadRight((text.Length + 3) / 4 * 4, '='));
}
