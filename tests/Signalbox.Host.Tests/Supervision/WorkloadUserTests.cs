using Signalbox.Host.Supervision;

namespace Signalbox.Host.Tests.Supervision;

public sealed class WorkloadUserTests
{
    [Theory]
    [InlineData("LD_PRELOAD")]
    [InlineData("LD_AUDIT")]
    [InlineData("GCONV_PATH")]
    [InlineData("GLIBC_TUNABLES")]
    public void Wrap_VariableThatLoadsCode_IsSetOnlyBehindThePrivilegesDrop(string name)
    {
        var (command, environment) = WorkloadUser.Wrap(61200, ["./serve", "x"], new Dictionary<string, string> { [name] = "./evil.so", ["MODE"] = "a" });

        Assert.Equal(["MODE"], environment.Keys);
        Assert.Equal(["--", "/usr/bin/env", $"{name}=./evil.so", "./serve", "x"], command.SkipWhile(a => a != "--"));
    }

    [Fact]
    public void Wrap_PlainVariables_StayInTheEnvironment()
    {
        var (command, environment) = WorkloadUser.Wrap(61200, ["./serve"], new Dictionary<string, string> { ["SECRET"] = "s" });

        Assert.Equal("s", environment["SECRET"]);
        Assert.Equal(["--", "./serve"], command.SkipWhile(a => a != "--"));
    }
}
