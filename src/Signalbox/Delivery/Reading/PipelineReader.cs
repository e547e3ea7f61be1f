using Signalbox.Yaml;

namespace Signalbox.Delivery.Reading;

/// <summary>Reads <c>pipeline</c>; only its build is run by this version.</summary>
internal static class PipelineReader
{
    /// <summary>A script reaches the shell as one argument, which Linux limits to 128 KiB (execve(2), MAX_ARG_STRLEN).</summary>
    private const int LongestScript = 100_000;

    /// <returns>Null where nothing is to be built, or after a finding.</returns>
    public static BuildStep? Read(Section application)
    {
        if (application.Open("pipeline", Shapes.Pipeline)?.Open("build", Shapes.Build) is not { } build) return null;
        if (!build.Has("run")) build.Missing("run");
        var timeout = build.Duration("timeout", DeliveryDefaults.BuildTimeout);
        return build.Text("run") is { } script && IsScript(build, script) ? new(script, timeout) : null;
    }

    private static bool IsScript(Section build, string script)
    {
        if (!string.IsNullOrWhiteSpace(script) && script.Length <= LongestScript && !script.Contains('\0')) return true;
        build.File.Invalid(build.Node("run")!, "run", YamlQuote.Short(script), "a command for sh", build.Shape.Line("run"));
        return false;
    }
}
