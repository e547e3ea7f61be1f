using System.CommandLine;
using Signalbox.Cli.Verifying;
using Signalbox.Evidence.Verification;

namespace Signalbox.Cli.Tests;

public sealed class VerifyTextTests
{
    /// <summary>A registry names media types, and a certificate its holder, as they like: no terminal is steered by them.</summary>
    [Fact]
    public void NamesFromOutside_ArePrintedWithoutControlCharacters()
    {
        using var shown = new StringWriter();
        var session = new Session(new RootCommand().Parse(""), OutputFormat.Text, null!, shown, shown, default);
        var result = new VerificationResult(true, null, null, [new("signer", LinkOutcome.Proven, "by \e[2Jmallory")], new() { Signer = "\e]0;alice\a" });
        VerifyText.Write(session, "sha256-aa.sig (\e[1A\rtype)", result, decides: true);
        Assert.DoesNotContain('\e', shown.ToString());
        Assert.DoesNotContain('\r', shown.ToString());
        Assert.Contains("accepted: signed by  ]0;alice", shown.ToString(), StringComparison.Ordinal);
    }
}
