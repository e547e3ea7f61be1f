using System.Text.Json;
using Signalbox.Cli.Control;

namespace Signalbox.Cli.Tests.Remote;

/// <summary>What CI systems read commands from holds none, however they are written.</summary>
public sealed class JobLogTests
{
    [Theory]
    [InlineData("##vso[x]", "# #vso[x]")]
    [InlineData("###vso[x]", "# # #vso[x]")]
    [InlineData("a####", "a# # # #")]
    [InlineData("#\0#[x]", "# #[x]")]
    [InlineData("  ::add-mask::x", ": :add-mask::x")]
    [InlineData("x\r::add-mask::x", "x ::add-mask::x")]
    [InlineData("\r::add-mask::x", ": :add-mask::x")]
    [InlineData("\u200b:\u200b:add-mask::x", " : :add-mask::x")]
    [InlineData("a::b # c\tå", "a::b # c\tå")]
    public void Text_CommandsNobody(string said, string printed)
    {
        using var to = new StringWriter();
        using (var log = new JobLog(to, json: false))
        {
            foreach (var character in said)
            {
                log.Write(character);
                log.Flush();
            }
        }
        Assert.Equal(printed, to.ToString());
    }

    [Theory]
    [InlineData("##vso[x]")]
    [InlineData("###vso[x]")]
    [InlineData("####")]
    public void Json_SaysTheSame_WithoutTwoTogether(string said)
    {
        using var to = new StringWriter();
        using (var log = new JobLog(to, json: true)) log.WriteLine(JsonSerializer.Serialize(said));
        Assert.DoesNotContain("##", to.ToString());
        Assert.Equal(said, JsonSerializer.Deserialize<string>(to.ToString()));
    }
}
