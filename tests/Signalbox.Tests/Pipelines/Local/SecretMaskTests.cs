using System.Net;
using System.Security;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Web;
using CsCheck;
using Signalbox.Pipelines.Local;

namespace Signalbox.Tests.Pipelines.Local;

public sealed class SecretMaskTests
{
    [Theory]
    [InlineData("the token is hunter2-hunter2, keep it", "the token is ***, keep it")]
    [InlineData("hunter2-hunter", "hunter2-hunter")]
    [InlineData("hunter2-hunter2hunter2-hunter2", "***")]
    [InlineData("nothing here", "nothing here")]
    public void Mask_HidesWhatIsWhole(string text, string expected) => Assert.Equal(expected, Masked(["hunter2-hunter2"], text, [])[..].Replace("******", "***"));

    [Fact]
    public void Mask_HidesBase64AtEachOffset()
    {
        const string secret = "a-rather-long-secret!";
        for (var before = 0; before < 3; before++)
        {
            var encoded = Convert.ToBase64String(Encoding.UTF8.GetBytes(new string('u', before) + secret + ":x"));
            var shown = Masked([secret], $"header {encoded} end", []);
            Assert.Contains("***", shown);
            Assert.DoesNotContain(encoded[4..^8], shown);
        }
    }

    [Theory]
    [InlineData("{ \"a\": \"x\\\"y\\\\z&w\" }")]
    [InlineData("<a b=\"x&quot;y\\z&amp;w\"/>")]
    [InlineData("<a>x\"y\\z&amp;w</a>")]
    [InlineData("https://example.com/?a=x%22y%5Cz%26w")]
    public void Mask_HidesWhatJsonXmlAndAddressesSpellOtherwise(string text)
    {
        var shown = Masked(["x\"y\\z&w"], text, [3, 5]);
        Assert.Contains("***", shown);
        Assert.DoesNotContain("y", shown);
    }

    [Fact]
    public void Mask_HidesEachLineOfAKey() =>
        Assert.Equal("first: *** and *** end", Masked(["BEGINKEY\nMIIEabcd\nENDKEY99"], "first: MIIEabcd and ENDKEY99 end", []));

    [Fact]
    public void Mask_HidesAllOfSecretsThatOverlap() => Assert.Equal("x***y", Masked(["abcdef", "defghi"], "xabcdefghiy", []));

    [Fact]
    public void Mask_PrefersTheLongerOfTwo() => Assert.Equal("***!", Masked(["abcd", "abcdefgh"], "abcdefgh!", [3, 2]));

    /// <summary>However a text is cut into writes, what is shown is the same, and no secret is in it.</summary>
    [Fact]
    public void Mask_IsTheSameHoweverTheTextIsCut()
    {
        var letters = Gen.Char["abc-"];
        Gen.Select(letters.Array[4, 9].Array[1, 3], letters.Array[0, 80], Gen.Int[1, 7].Array[1, 40]).Sample((secrets, text, cuts) =>
        {
            string[] hidden = [.. secrets.Select(secret => new string(secret))];
            var whole = Masked(hidden, new(text), []);
            Assert.Equal(whole, Masked(hidden, new(text), cuts));
            foreach (var secret in hidden) Assert.DoesNotContain(secret, whole);
        }, iter: 20_000);
    }

    /// <summary>What promised forms come to by the encoders that programs have; where it is cut, and what stands around it, makes no difference.</summary>
    [Fact]
    public void Mask_HidesEachSpelling_AndNothingElse()
    {
        var letters = Gen.OneOf(Gen.Char["abcXYZ019"], Gen.Char["<>&\"'\\/+ !()*=%;#\u00e9\u4e2d"]);
        var around = Gen.String[Gen.Char["|~^"], 0, 12];
        Gen.Select(Gen.String[letters, 4, 24], Gen.Int[0, s_spellings.Length - 1], around, around, Gen.Int[1, 5].Array[0, 60]).Sample((secret, spelling, before, after, cuts) =>
            Assert.Equal($"{before}***{after}", Masked([secret, "another-one"], before + s_spellings[spelling](secret) + after, cuts)), iter: 20_000);
    }

    private static readonly Func<string, string>[] s_spellings =
    [
        text => text,
        text => Json(text, JavaScriptEncoder.Default),
        text => Json(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping),
        text => text.Any(char.IsAsciiLetterUpper) ? text : Json(text, JavaScriptEncoder.Default).ToLowerInvariant(),
        // Go: < > and & alone
        text => Json(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).Replace("<", "\\u003c", StringComparison.Ordinal).Replace(">", "\\u003e", StringComparison.Ordinal).Replace("&", "\\u0026", StringComparison.Ordinal),
        text => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("/", "\\/", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal),
        text => SecurityElement.Escape(text),
        WebUtility.HtmlEncode,
        text => text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal),
        Uri.EscapeDataString,
        // encodeURIComponent leaves these
        text => Uri.EscapeDataString(text).Replace("%21", "!", StringComparison.Ordinal).Replace("%27", "'", StringComparison.Ordinal).Replace("%28", "(", StringComparison.Ordinal).Replace("%29", ")", StringComparison.Ordinal).Replace("%2A", "*", StringComparison.Ordinal),
        WebUtility.UrlEncode,
        HttpUtility.UrlEncode,
        // bash -x, Python's shlex.quote, printf %q, and PHP's htmlspecialchars
        text => text.Replace("'", "'\\''", StringComparison.Ordinal),
        text => text.Replace("'", "'\"'\"'", StringComparison.Ordinal),
        text => string.Concat(text.Select(letter => char.IsAscii(letter) && !char.IsAsciiLetterOrDigit(letter) ? $"\\{letter}" : $"{letter}")),
        text => SecurityElement.Escape(text).Replace("&apos;", "&#039;", StringComparison.Ordinal),
    ];

    private static string Json(string text, JavaScriptEncoder encoder) => JsonEncodedText.Encode(text, encoder).ToString();

    /// <summary>As they are, and as JSON, XML and addresses spell them.</summary>
    private static readonly string[] s_breaks = ["\n", "\r\n", "\\n", "\\r\\n", "\\u000a", "&#10;", "&#xA;", "&#13;&#10;", "&#x0D;\n", "%0A", "%0d%0a"];

    /// <summary>As <c>base64</c>, PEM and MIME write it, also for addresses and within a report.</summary>
    [Fact]
    public void Mask_HidesBase64_WhereverItsLinesBreak()
    {
        var bytes = Gen.Byte.Array[0, 100];
        Gen.Select(Gen.String[Gen.Char["abcXYZ019<>&?/+\u00e9"], 6, 120], bytes, bytes, Gen.Int[1, 90], Gen.Select(Gen.Bool, Gen.Int[0, s_breaks.Length - 1]), Gen.Int[1, 40].Array[0, 20]).Sample((secret, before, after, width, kind, cuts) =>
        {
            var content = Encoding.UTF8.GetBytes(secret);
            var encoded = Convert.ToBase64String([.. before, .. content, .. after]);
            var (forAddresses, spelled) = kind;
            if (forAddresses) encoded = encoded.Replace('+', '-').Replace('/', '_');
            var broken = string.Join(s_breaks[spelled], encoded.Chunk(width).Select(line => new string(line)));
            var shown = Masked([secret], $"| {broken} |", cuts);
            // the letters that what stands around it has no part in
            var (from, to) = (((before.Length * 8) + 5) / 6, (before.Length + content.Length) * 8 / 6);
            Assert.Contains("***", shown);
            Assert.Equal($"| {encoded[..from]}***{encoded[to..]} |", shown.Replace(s_breaks[spelled], "", StringComparison.Ordinal));
        }, iter: 5_000);
    }

    /// <summary>What is hidden are the places where a secret stands, by looking for it at each; all else comes out as it was.</summary>
    [Fact]
    public void Mask_LeavesWhatIsNoSecret()
    {
        var letters = Gen.Char["abc"];
        Gen.Select(Gen.String[letters, 4, 7].Array[1, 3], Gen.String[letters, 0, 60], Gen.Int[1, 7].Array[0, 30]).Sample((secrets, text, cuts) =>
        {
            var hidden = new bool[text.Length];
            foreach (var secret in secrets)
                for (var at = text.IndexOf(secret, StringComparison.Ordinal); at >= 0; at = text.IndexOf(secret, at + 1, StringComparison.Ordinal)) hidden.AsSpan(at, secret.Length).Fill(true);
            var expected = string.Concat(text.Select((letter, at) => !hidden[at] ? $"{letter}" : at > 0 && hidden[at - 1] ? "" : "***"));
            Assert.Equal(expected, Masked(secrets, text, cuts));
        }, iter: 20_000);
    }

    /// <summary>As the tools themselves print them.</summary>
    [Theory]
    [InlineData("pa&ss<wo>rd1", "{\"a\":\"pa\\u0026ss\\u003cwo\\u003erd1\"}", "{\"a\":\"***\"}")]
    [InlineData("pa ss!'()*", "?a=pa%20ss!'()*&b", "?a=***&b")]
    [InlineData("my secret pass", "a=my+secret+pass&b=1", "a=***&b=1")]
    [InlineData("a/b/c/d", "a%2fb%2Fc%2fd", "***")]
    [InlineData("a\tb\tc", "a\\tb\\tc", "***")]
    public void Mask_HidesWhatProgramsMakeOfIt(string secret, string text, string expected) => Assert.Equal(expected, Masked([secret], text, [2, 3]));

    /// <summary>A text that comes to more states than are kept is masked as any other.</summary>
    [Fact]
    public void Mask_OfMoreThanIsKept_IsTheSame()
    {
        var secret = new string(new Random(1).GetItems("abcdefghij".AsSpan(), 20_000));
        Assert.Equal("x***y" + secret[..^1], Masked([secret], "x" + secret + "y" + secret[..^1], [100, 15_000, 9_000]));
    }

    private static string Masked(string[] secrets, string text, int[] cuts)
    {
        var mask = new SecretMask(new(secrets));
        var shown = new List<byte>();
        var rest = Encoding.UTF8.GetBytes(text).AsSpan();
        foreach (var cut in cuts)
        {
            var length = Math.Min(cut, rest.Length);
            shown.AddRange(mask.Add(rest[..length]));
            rest = rest[length..];
        }
        shown.AddRange(mask.Add(rest));
        shown.AddRange(mask.End());
        return Encoding.UTF8.GetString(shown.ToArray());
    }
}
