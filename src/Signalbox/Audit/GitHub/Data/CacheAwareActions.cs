using Signalbox.Pipelines;

namespace Signalbox.Audit.GitHub.Data;

/// <summary>How an action decides whether it restores a cache.</summary>
/// <param name="Input">The input that switches it, or null where nothing does.</param>
/// <param name="Off">The values of the input that switch the cache off.</param>
/// <param name="On">The values that switch it on; null for any that is not off.</param>
/// <param name="ByDefault">Whether it caches where the input is not given.</param>
/// <param name="Mend">What the input is set to so that nothing is restored, or null where no value surely does it.</param>
internal sealed record CacheSwitch(string? Input, string[] Off, string[]? On, bool ByDefault, string? Mend = null);

/// <summary>Actions that restore caches, by each one's own action.yml.</summary>
internal static class CacheAwareActions
{
    private static readonly string[] s_false = ["false", "False", "FALSE"];
    private static readonly string[] s_true = ["true", "True", "TRUE"];

    private static CacheSwitch OptIn(string input, bool byDefault) => new(input, s_false, null, byDefault, "false");

    private static CacheSwitch OptOut(string input) => new(input, s_true, null, true, "true");

    private static CacheSwitch Choice(string input) => new(input, ["", .. s_false], null, false);

    private static CacheSwitch Always { get; } = new(null, [], null, true);

    private static readonly Dictionary<string, CacheSwitch[]> s_switches = new(StringComparer.OrdinalIgnoreCase)
    {
        ["actions/cache"] = [OptOut("lookup-only")],
        ["actions/cache/restore"] = [OptOut("lookup-only")],
        ["actions/setup-java"] = [Choice("cache")],
        ["actions/setup-go"] = [OptIn("cache", true)],
        ["actions/setup-node"] = [new("cache", [""], ["npm", "yarn", "pnpm"], false), OptIn("package-manager-cache", true)],
        ["actions/setup-python"] = [Choice("cache")],
        ["actions/setup-dotnet"] = [OptIn("cache", false)],
        ["astral-sh/setup-uv"] = [OptIn("enable-cache", true)],
        ["swatinem/rust-cache"] = [OptOut("lookup-only")],
        ["ruby/setup-ruby"] = [OptIn("bundler-cache", false)],
        ["pyo3/maturin-action"] = [OptIn("sccache", false)],
        ["mlugg/setup-zig"] = [OptIn("use-cache", true)],
        ["oven-sh/setup-bun"] = [OptOut("no-cache")],
        ["determinatesystems/magic-nix-cache-action"] = [OptIn("use-gha-cache", true)],
        ["graalvm/setup-graalvm"] = [Choice("cache")],
        ["gradle/actions/setup-gradle"] = [OptOut("cache-disabled")],
        ["gradle/gradle-build-action"] = [OptOut("cache-disabled")],
        ["actions-rust-lang/setup-rust-toolchain"] = [OptIn("cache", true)],
        ["mozilla-actions/sccache-action"] = [Always],
        ["nix-community/cache-nix-action"] = [Always],
        ["awalsh128/cache-apt-pkgs-action"] = [Always],
        ["jdx/mise-action"] = [OptIn("cache", true)],
        ["ramsey/composer-install"] = [new("ignore-cache", ["yes", "true", "1"], null, true, "true")],
    };

    /// <summary>Whether a step restores a cache: true, false, or null where an expression decides; with the input that says so.</summary>
    /// <param name="version">The version that runs: the tag, or what stands beside a pinned commit; null where it is not known.</param>
    public static (bool? Restores, CacheSwitch Switch)? Of(Step step, string? version)
    {
        if (step.Uses is not { } uses) return null;
        if (uses.Is("docker/setup-buildx-action")) return Buildx(step);
        if (!s_switches.TryGetValue(uses.Name, out var switches)) return null;
        if (uses.Is("actions/setup-node") && Major(version) is < 5) switches = [switches[0]];
        if (uses.Is("astral-sh/setup-uv") && Major(version) is >= 10) switches = [switches[0] with { ByDefault = false, On = s_true }];
        bool? any = false;
        foreach (var one in switches)
        {
            var restores = Restores(step, one);
            if (restores == true) return (true, one);
            if (restores is null) any = null;
        }
        return (any, switches[0]);
    }

    private static bool? Restores(Step step, CacheSwitch one)
    {
        if (one.Input is null) return true;
        if (step.Input(one.Input) is not { } value) return one.ByDefault;
        if (value.Contains("${{", StringComparison.Ordinal)) return null;
        return one.On is { } on ? on.Contains(value) : !one.Off.Contains(value);
    }

    /// <summary>It keeps the binary of a version that is named, unless it is told not to.</summary>
    private static (bool?, CacheSwitch) Buildx(Step step)
    {
        var binary = OptIn("cache-binary", true);
        return step.Input("version") is null ? (false, binary) : (Restores(step, binary), binary);
    }

    private static int? Major(string? reference) =>
        reference is ['v', .. var rest] && int.TryParse(rest.Split('.')[0], System.Globalization.CultureInfo.InvariantCulture, out var major) ? major : null;
}
