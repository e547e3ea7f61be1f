using System.Text;
using Signalbox.Delivery;
using Signalbox.Diagnostics;

namespace Signalbox.Tests.Delivery;

/// <summary>A step's time beside the time after which it is undecided.</summary>
public sealed class StepTimesTests
{
    private static DeliveryFile Read(string canary) => DeliveryFileReader.Read(Encoding.UTF8.GetBytes(
        $"apiVersion: signalbox/v1\napplication: shop\nprocess: {{ command: [server] }}\nport: 8080\nenvironments:\n  - name: production\n    strategy:\n      canary:\n{canary}"));

    [Theory]
    [InlineData("        steps: [{ weight: 10%, for: 5m }, { weight: 50%, for: 1h30m }]\n", 9)]
    [InlineData("        analysis: { maxStepTime: 5s }\n", 9)]
    public void Read_StepLongerThanItsLimit_WarnsWithTheLimitThatFits(string canary, int line)
    {
        var file = Read(canary);
        Assert.NotNull(file.Applications);
        var finding = Assert.Single(file.Findings);
        Assert.Equal(("delivery-step-cut-short", Severity.Warning, line), (finding.Id, finding.Severity, finding.Locations[0].Line));
        var mended = canary.Contains("steps", StringComparison.Ordinal) ? canary + $"        {finding.Help}\n" : $"        {finding.Help}\n";
        Assert.Empty(Read(mended).Findings);
    }

    [Theory]
    [InlineData("        steps: [{ weight: 10%, for: 20m }]\n        analysis: { maxStepTime: 20m }\n")]
    [InlineData("        steps: [{ weight: 10%, for: 20m }]\n        analysis: { advance: time }\n")]
    [InlineData("        steps: [{ weight: 10%, for: 20m }]\n        analysis: false\n")]
    public void Read_StepWithinItsLimit_OrWithoutOne_IsFine(string canary) => Assert.Empty(Read(canary).Findings);
}
