using Signalbox.Evidence.Verification;

namespace Signalbox.Tests.Evidence.Verification;

public sealed class ArtifactDigestTests
{
    [Theory]
    [InlineData("sha256", 64)]
    [InlineData("sha384", 96)]
    [InlineData("sha512", 128)]
    public void Digest_OfEachAlgorithm_IsReadAndWrittenAsItStands(string algorithm, int length)
    {
        var text = $"{algorithm}:{new string('a', length - 1)}0";
        Assert.True(ArtifactDigest.TryParse(text, out var digest));
        Assert.Equal((algorithm, text), (digest!.Algorithm, digest.ToString()));
        Assert.False(ArtifactDigest.TryParse(text + "0", out _));
        Assert.False(ArtifactDigest.TryParse(text[..^1], out _));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("sha256")]
    [InlineData("sha256:")]
    [InlineData("sha1:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaag")]
    [InlineData("sha256:Aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("sha256::aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    public void Text_ThatIsNoDigest_GivesNone(string? text)
    {
        Assert.False(ArtifactDigest.TryParse(text, out var digest));
        Assert.Null(digest);
    }
}
