using System.Text;
using System.Text.Json;
using Signalbox.Identities;

namespace Signalbox.Tests.Identities;

/// <summary>
/// The JWS and JWK vectors of github.com/C2SP/wycheproof, which are no part of this repository: WYCHEPROOF names a clone of
/// it. Of what is valid, RS256 and ES256 must be taken and everything else refused; of what is invalid nothing may be taken.
/// </summary>
public sealed class WycheproofTests
{
    [Theory]
    [InlineData("json_web_signature_test.json", 10, 391)]
    [InlineData("json_web_key_test.json", 1, 25)]
    [InlineData("json_web_crypto_test.json", 2, 47)]
    public void NoWrongAccept_AndEveryRightOneOfOurAlgorithms(string file, int leastAccepted, int leastRefused)
    {
        var clone = Environment.GetEnvironmentVariable("WYCHEPROOF");
        Assert.SkipWhen(string.IsNullOrEmpty(clone), "WYCHEPROOF does not name a clone of github.com/C2SP/wycheproof");
        using var vectors = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(clone!, "testvectors_v1", file)));
        var (accepted, refused, wrong) = (0, 0, new List<string>());
        foreach (var group in vectors.RootElement.GetProperty("testGroups").EnumerateArray())
            foreach (var test in group.GetProperty("tests").EnumerateArray())
            {
                if (!test.TryGetProperty("jws", out var jws)) continue;
                var text = jws.ValueKind == JsonValueKind.String ? jws.GetString()! : jws.GetRawText();
                var expected = test.GetProperty("result").GetString() == "valid" && IsOurs(text);
                if (Accepts(text, KeysOf(group)) != expected) wrong.Add($"{file} {test.GetProperty("tcId")}: {test.GetProperty("comment").GetString()}");
                else if (expected) accepted++;
                else refused++;
            }
        TestContext.Current.SendDiagnosticMessage("{0}: {1} accepted and {2} refused rightly", file, accepted, refused);
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.True(accepted >= leastAccepted && refused >= leastRefused, $"{file}: {accepted} accepted and {refused} refused rightly; expected {leastAccepted} and {leastRefused} at least");
    }

    private static string KeysOf(JsonElement group)
    {
        var key = group.TryGetProperty("public", out var given) ? given : group.GetProperty("private");
        return key.TryGetProperty("keys", out _) ? key.GetRawText() : $$"""{"keys":[{{key.GetRawText()}}]}""";
    }

    private static bool IsOurs(string jws)
    {
        // one vector that is called valid has a character in its header that is none of base64url's: passed over by some, refused here
        if (!System.Buffers.Text.Base64Url.IsValid(jws.Split('.')[0])) return false;
        var header = Encoding.UTF8.GetString(System.Buffers.Text.Base64Url.DecodeFromChars(jws.Split('.')[0]));
        return header.Contains("\"RS256\"", StringComparison.Ordinal) || header.Contains("\"ES256\"", StringComparison.Ordinal);
    }

    private static bool Accepts(string jws, string keys)
    {
        try
        {
            JsonWebSignature.Verify(jws, JsonWebKeySet.Read(Encoding.UTF8.GetBytes(keys)));
            return true;
        }
        catch (Exception e) when (e is TokenRefusedException or FormatException)
        {
            return false;
        }
    }
}
