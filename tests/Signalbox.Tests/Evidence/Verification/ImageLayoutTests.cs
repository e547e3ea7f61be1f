using System.Security.Cryptography;
using System.Text;
using Signalbox.Evidence.Verification.Images;

namespace Signalbox.Tests.Evidence.Verification;

/// <summary>What of a layout is the image, what is evidence about it, and what is refused.</summary>
public sealed class ImageLayoutTests
{
    private const string Tar = "application/vnd.oci.image.layer.v1.tar+gzip", Sbom = "application/vnd.cyclonedx+json", Other = "application/vnd.example";

    private readonly Dictionary<string, byte[]> _files = [];
    private readonly List<string> _listed = [];
    private readonly string _image;

    public ImageLayoutTests() => _image = List("""{"schemaVersion":2,"layers":[]}""");

    private ImageLayout Layout()
    {
        _files["index.json"] = Encoding.UTF8.GetBytes($$"""{"manifests":[{{string.Join(',', _listed.Select(digest => $$"""{"digest":"{{digest}}"}"""))}}]}""");
        return new((path, _) => _files.GetValueOrDefault(path));
    }

    private IReadOnlyList<ImageEvidence> Evidence() => Layout().EvidenceFor(new("sha256", _image[7..]));

    private string Refused() => Assert.Throws<FormatException>(Evidence).Message;

    private string Add(string content)
    {
        var bytes = Encoding.UTF8.GetBytes(content);
        var hex = Convert.ToHexStringLower(SHA256.HashData(bytes));
        _files[$"blobs/sha256/{hex}"] = bytes;
        return "sha256:" + hex;
    }

    private string List(string manifest)
    {
        var digest = Add(manifest);
        _listed.Add(digest);
        return digest;
    }

    private string Layer(string mediaType, string more = "") => $$"""{"mediaType":"{{mediaType}}","digest":"{{Add(mediaType)}}"{{more}}}""";

    private static string Manifest(string subject, params string[] layers) => $$"""{{{subject}}"layers":[{{string.Join(',', layers)}}]}""";

    private string About(string digest) => $$"""
        "subject":{"digest":"{{digest}}"},
        """;

    [Theory]
    [InlineData(false, new[] { Sbom }, true)]
    [InlineData(false, new[] { Sbom, Tar }, false)]
    [InlineData(false, new[] { Tar, Sbom }, false)]
    [InlineData(false, new[] { Other }, false)]
    [InlineData(true, new[] { Other }, true)]
    [InlineData(true, new[] { Other, Tar }, false)]
    [InlineData(true, new[] { Tar, Other }, false)]
    [InlineData(true, new[] { Tar }, false)]
    [InlineData(true, new string[0], true)]
    public void Manifest_IsEvidence_WhereNothingInItCouldRun(bool isAbout, string[] layers, bool isEvidence)
    {
        List(Manifest(isAbout ? About(_image) : "", [.. layers.Select(type => Layer(type))]));
        if (isEvidence) Assert.Equal(_image, Layout().ImageDigest().ToString());
        else Assert.Contains("the layout holds 2 images", Assert.Throws<FormatException>(() => Layout().ImageDigest()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Index_OfManifests_IsAnImage_WhateverElseIsInIt()
    {
        List($$"""{"manifests":[],"layers":[{{Layer(Sbom)}}]}""");
        Assert.Contains("the layout holds 2 images", Assert.Throws<FormatException>(() => Layout().ImageDigest()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Evidence_AboutAnother_IsNotGiven()
    {
        List(Manifest(About(Add("another")), Layer(Sbom)));
        Assert.Empty(Evidence());
        List(Manifest(About(_image), Layer(Sbom)));
        Assert.Single(Evidence());
    }

    [Fact]
    public void Annotations_OfALayer_AreThoseItHas()
    {
        List(Manifest("", Layer(Sbom), Layer("application/sarif+json", ""","annotations":{"a":"b"}""")));
        Assert.Equal(["", "a=b"], Evidence().Select(evidence => string.Join(' ', evidence.Annotations.Select(annotation => $"{annotation.Key}={annotation.Value}"))));
    }

    [Fact]
    public void Layer_OfOtherBytesThanItsDigestSays_IsRefused()
    {
        List(Manifest("", Layer(Sbom)));
        var digest = Add(Sbom);
        _files[$"blobs/sha256/{digest[7..]}"] = [1];
        Assert.Equal($"a layer {digest} has other bytes than its digest says", Refused());
    }

    [Fact]
    public void Layer_ThatIsNotThere_IsRefused()
    {
        List(Manifest("", Layer(Sbom)));
        var digest = Add(Sbom);
        _files.Remove($"blobs/sha256/{digest[7..]}");
        Assert.Equal($"a layer {digest} is missing in the layout", Refused());
    }

    [Fact]
    public void Layer_NamedByAnotherAlgorithm_IsRefused()
    {
        var digest = "sha512:" + new string('a', 128);
        List(Manifest("", $$"""{"mediaType":"{{Sbom}}","digest":"{{digest}}"}"""));
        Assert.Equal($"a layer is named by '{digest}'; expected a sha256 digest", Refused());
    }

    [Fact]
    public void Annotation_WhoseNameIsNoText_IsRefused()
    {
        List(Manifest("", Layer(Sbom, ""","annotations":{"\ud800":"b"}""")));
        Assert.Equal("the layout is malformed", Refused());
    }

    [Fact]
    public void Manifests_UpToAThousand_AreListed()
    {
        _listed.AddRange(Enumerable.Repeat(_image, 999));
        Assert.Equal(_image, Layout().ImageDigest().ToString());
        _listed.Add(_image);
        Assert.Equal("the layout has 1001 manifests; the most is 1000", Refused());
    }

    /// <summary>What is read counts before anything else of it is looked at, and all of it together.</summary>
    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    public void Bytes_UpToTheMost_AreRead(int more, bool isRefused)
    {
        var image = $"blobs/sha256/{_image[7..]}";
        var layout = new ImageLayout((path, _) => path == image ? _files[image] : new byte[EvidenceLimits.MostBytes - _files[image].Length + more]);
        var message = Assert.Throws<FormatException>(() => layout.EvidenceFor(new("sha256", _image[7..]))).Message;
        Assert.Equal(isRefused, message == "the layout holds more than 128 MiB of manifests and evidence");
    }

    [Fact]
    public void File_ThatCannotBeRead_IsSaid() => Assert.Equal("gone",
        Assert.Throws<FormatException>(() => new ImageLayout((_, _) => throw new IOException("gone")).ImageDigest()).Message);
}
