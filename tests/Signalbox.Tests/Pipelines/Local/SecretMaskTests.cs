using System.Text;
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
