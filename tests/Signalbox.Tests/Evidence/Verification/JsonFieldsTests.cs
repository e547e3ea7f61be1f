using System.Text;
using System.Text.Json;
using Signalbox.Evidence.Verification.Bundles;

namespace Signalbox.Tests.Evidence.Verification;

/// <summary>JSON and base64 in one spelling, and what a message shows of them.</summary>
public sealed class JsonFieldsTests
{
    [Fact]
    public void Document_OfMoreThanTheLargest_IsNotReadAtAll()
    {
        string Reason(int length) => Assert.Throws<MalformedException>(() => JsonFields.Parse(new byte[length], "it")).Message;
        Assert.StartsWith("it is not JSON as it should be: ", Reason(JsonFields.LargestDocument), StringComparison.Ordinal);
        Assert.Equal("it has 67108865 bytes; the most is 67108864", Reason(JsonFields.LargestDocument + 1));
    }

    [Theory]
    [InlineData(63, true)]
    [InlineData(64, false)]
    public void Document_DeeperThanAnyNeeds_IsRefused(int lists, bool isRead)
    {
        var text = Encoding.UTF8.GetBytes("{\"a\":" + new string('[', lists) + new string(']', lists) + "}");
        if (isRead) Assert.True(JsonFields.Parse(text, "it").Has("a"));
        else Assert.StartsWith("it is not JSON as it should be: ", Assert.Throws<MalformedException>(() => JsonFields.Parse(text, "it")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Null_IsWhatIsNotSet()
    {
        var fields = JsonFields.Parse("""{"a":null,"b":""}"""u8.ToArray(), "it");
        Assert.Equal((false, true), (fields.Has("a"), fields.Has("b")));
        Assert.Null(fields.Text("a"));
        Assert.Null(fields.Object("a"));
        Assert.Null(fields.Int64("a"));
        Assert.Empty(fields.List("a"));
        Assert.Equal("it.b is missing or empty", Assert.Throws<MalformedException>(() => fields.RequiredText("b")).Message);
        Assert.Equal("it.b is missing or empty", Assert.Throws<MalformedException>(() => fields.RequiredBytes("b")).Message);
        Assert.Equal("it.a is missing or empty", Assert.Throws<MalformedException>(() => fields.RequiredObject("a")).Message);
    }

    [Theory]
    [InlineData("7", 7)]
    [InlineData("\"-7\"", -7)]
    [InlineData("\"0\"", 0)]
    [InlineData("\"9223372036854775807\"", long.MaxValue)]
    public void Number_IsReadFromItselfOrFromText(string json, long number) =>
        Assert.Equal(number, JsonFields.Parse(Encoding.UTF8.GetBytes($"{{\"a\":{json}}}"), "it").Int64("a"));

    [Fact]
    public void Element_OfAList_IsNamedByItsPlace() => Assert.Equal("it.a[1] is null; expected an object",
        Assert.Throws<MalformedException>(() => JsonFields.Parse("""{"a":[{},null]}"""u8.ToArray(), "it").Objects("a")).Message);

    [Fact]
    public void Element_GivenAlone_MustBeAnObject() => Assert.Equal("it is a list; expected an object",
        Assert.Throws<MalformedException>(() => JsonFields.Of(JsonDocument.Parse("[]").RootElement, "it")).Message);

    [Fact]
    public void Text_ThatIsLong_IsShownCut()
    {
        Assert.Equal(new string('a', 240), JsonFields.Shown(new('a', 240)));
        Assert.Equal(new string('a', 240) + "…", JsonFields.Shown(new('a', 241)));
    }

    [Fact]
    public void Text_WithWhatTerminalsObey_IsShownWithoutIt() => Assert.Equal("a b  c é", JsonFields.Shown("a\u001bb\ud83d\ude00c\u0085é"));

    [Theory]
    [InlineData("AA==", "AA==")]
    [InlineData("", "")]
    public void Base64_InItsOneSpelling_IsRead(string text, string again) => Assert.Equal(again, Convert.ToBase64String(CanonicalBase64.Decode(text, "it")));

    [Theory]
    [InlineData("AB==")]
    [InlineData("AA")]
    [InlineData("AA==\n")]
    [InlineData("A A=")]
    [InlineData("_-__")]
    [InlineData("é")]
    public void Base64_InAnotherSpelling_IsRefused(string text) =>
        Assert.Equal("it is not canonical base64", Assert.Throws<MalformedException>(() => CanonicalBase64.Decode(text, "it")).Message);

    [Theory]
    [InlineData("AB")]
    [InlineData("AA==")]
    [InlineData("A")]
    [InlineData("AA\n")]
    [InlineData("+/++")]
    [InlineData("é")]
    public void Base64Url_InAnotherSpelling_IsRefused(string text) =>
        Assert.Equal("it is not base64url in its canonical form", Assert.Throws<MalformedException>(() => CanonicalBase64Url.Decode(text, "it")).Message);

    [Fact]
    public void Base64Url_InItsOneSpelling_IsRead() => Assert.Equal([0xff, 0xef], CanonicalBase64Url.Decode("_-8", "it"));
}
