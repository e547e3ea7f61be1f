using Signalbox.Evidence;
using Signalbox.Evidence.Verification.Trust;
using Signalbox.Tests.Evidence.Verification;
using Signalbox.Tests.Evidence.Verification.Local;

namespace Signalbox.Tests.Evidence;

/// <summary>Whom a control plane traces signatures back to: the built-in root, or the file that stands in its place.</summary>
public sealed class TrustedRootFileTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    private string File => Path.Combine(_directory.Path, "trusted_root.json");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Root_IsTheFiles_OnceThereIsOne_AndReadAgainWhenItChanges()
    {
        var root = new TrustedRootFile(File);
        Assert.Same(TrustedRoot.PublicGood(), root.Read());
        System.IO.File.WriteAllBytes(File, LocalBundle.Write(LocalSamples.Instance.TrustedRootJson()));
        var first = root.Read();
        Assert.NotSame(TrustedRoot.PublicGood(), first);
        Assert.Same(first, root.Read());
        System.IO.File.WriteAllText(File, System.IO.File.ReadAllText(File) + "\n");
        Assert.NotSame(first, root.Read());
        System.IO.File.WriteAllText(File, "{}");
        Assert.Throws<TrustedRootException>(root.Read);
    }

    [Fact]
    public async Task Evidence_ThatNeedsARootThatCannotBeRead_IsRefused_AndOtherIsTaken()
    {
        System.IO.File.WriteAllText(File, "{}");
        var root = new TrustedRootFile(File);
        var evidence = new EvidenceFixture(new ImageSignatureReader(root.Read), new SignedEvidenceReader(root.Read), new ReportEvidenceReader());
        Assert.Equal("evidence-no-trust", (await evidence.TakeAsync(LocalSamples.Get("message-0.3").Bundle)).Refusal?.Id);
        Assert.Null((await evidence.TakeAsync(SampleReports.Lcov)).Refusal);
        System.IO.File.Delete(File);
        Assert.Null((await evidence.TakeAsync(LocalSamples.Get("message-0.3").Bundle)).Refusal);
    }
}
