using System.Text;
using Signalbox.Delivery.Policies;

namespace Signalbox.Tests.Gates;

public sealed class GateDocsTests
{
    private static readonly string s_page = File.ReadAllText(Path.Combine(Cases.Root, "docs", "gates.md"));

    [Fact]
    public void Page_HasEveryGateWithEverySettingAndDefault()
    {
        foreach (var gate in GateTable.All)
        {
            var row = Assert.Single(s_page.Split('\n'), line => line.StartsWith($"| `{gate.Name}` |", StringComparison.Ordinal));
            foreach (var setting in gate.Settings)
                Assert.Contains(setting.Default is [var only] ? $"`{setting.Key}: {only}`" : $"`{setting.Key}`", row);
        }
    }

    [Fact]
    public void Page_Example_IsValid()
    {
        var from = s_page.IndexOf("```yaml\n", StringComparison.Ordinal) + 8;
        var read = PolicyReader.Read(Encoding.UTF8.GetBytes(s_page[from..s_page.IndexOf("```", from, StringComparison.Ordinal)]), "policy.yaml", _ => true);
        Assert.Empty(read.Findings);
    }
}
