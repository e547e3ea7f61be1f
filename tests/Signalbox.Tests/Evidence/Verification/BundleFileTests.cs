using System.Text;
using Signalbox.Evidence.Verification;

namespace Signalbox.Tests.Evidence.Verification;

/// <summary>A file of attestations as they are downloaded: one document, or one a line.</summary>
public sealed class BundleFileTests
{
    private static List<string> Split(string file) => [.. BundleFile.Split(Encoding.UTF8.GetBytes(file)).Select(piece => Encoding.UTF8.GetString(piece.Span))];

    [Theory]
    [InlineData("{}\n{\"a\":1}\n", "{}", "{\"a\":1}")]
    [InlineData("{}\n{\"a\":1}", "{}", "{\"a\":1}")]
    [InlineData("\n{}\r\n \t\n\n {\"a\":1} \n\n", "{}\r", " {\"a\":1} ")]
    public void Lines_OfObjects_AreADocumentEach(string file, params string[] documents) => Assert.Equal(documents, Split(file));

    [Theory]
    [InlineData("")]
    [InlineData("\n\n")]
    [InlineData("{}")]
    [InlineData("{}\n")]
    [InlineData("\n{}\n")]
    [InlineData("{\n\"a\": {}\n}\n")]
    [InlineData("{}\n{\"a\":\n{}}\n")]
    [InlineData("{}\n[]\n{}\n")]
    [InlineData("{}\n]{}\n")]
    [InlineData("{}\n{}[\n")]
    [InlineData("-----BEGIN CERTIFICATE-----\n{}\n{}\n")]
    public void File_ThatIsNotLinesOfObjects_IsOneDocument(string file) => Assert.Equal([file], Split(file));

    [Fact]
    public void Lines_OfMoreThanAThousand_AreOneDocument()
    {
        Assert.Equal(1_000, Split(string.Concat(Enumerable.Repeat("{}\n", 1_000))).Count);
        Assert.Single(Split(string.Concat(Enumerable.Repeat("{}\n", 1_001))));
    }
}
