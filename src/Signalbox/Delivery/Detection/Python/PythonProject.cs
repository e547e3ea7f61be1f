using System.Text.RegularExpressions;

namespace Signalbox.Delivery.Detection.Python;

/// <summary>A Python project under detection: where its packages are said, and how they come beside the program.</summary>
internal sealed partial record PythonProject(Scene Scene, SourceFile? Requirements, string? Install, string Text)
{
    /// <summary>Packages that the build puts beside the program; no name that a package of its own could have.</summary>
    private const string Packages = "site-packages";

    private static readonly char[] s_separators = [.. "\n\r\t \"'[],;=<>!~^(){}"];

    public SourceTree Tree => Scene.Tree;

    public string Interpreter => Scene.Programs.Named("python3");

    /// <param name="name">As pip writes it, in lower case.</param>
    public bool Names(string name) => Text.ToLowerInvariant().Split(s_separators).Contains(name);

    public static PythonProject Of(Scene scene)
    {
        var tree = scene.Tree;
        var pyproject = tree.Read("pyproject.toml");
        var text = pyproject?.Text ?? "";
        if (tree.Read("requirements.txt") is { } requirements) return new(scene, requirements, "-r requirements.txt", requirements.Text);
        if (tree.Has("uv.lock") && pyproject is not null) return new(scene, pyproject, "-r .signalbox/requirements.txt", text);
        if (tree.Read("Pipfile") is { } pipfile) return new(scene, pipfile, "-r .signalbox/requirements.txt", pipfile.Text);
        return pyproject?.Find(Project()) is not null ? new(scene, pyproject, ".", text) : new(scene, null, null, text);
    }

    public bool IsThere => Requirements is not null || Tree.Has("setup.py") || Tree.Ending(".py").Any(path => !path.Contains('/'));

    /// <param name="server">What the program needs and nothing names.</param>
    public ServiceProposal WithBuild(ServiceProposal proposal, string? server)
    {
        var variables = proposal.Environment.Prepend(("PYTHONUNBUFFERED", new("1", "lines reach the log when they are written"))).ToList();
        if (Requirements is null)
            return proposal with { Environment = variables, Ignore = ["__pycache__/", "/.venv", "/venv", "/env"] };
        var folder = Workshop.Of(Scene.Service);
        string[] lines =
        [
            .. Export(),
            Workshop.Empty(Scene.Service),
            $"cp -R * {folder}/",
            $"rm -rf {folder}/venv {folder}/env",
            // compiled files carry times, and no two builds would be the same
            $"{Interpreter} -m pip install --quiet --no-compile --disable-pip-version-check --target {folder}/{Packages} {Install}{(server is null ? "" : " " + server)}",
        ];
        return proposal with
        {
            Build = new(string.Join('\n', lines), "its packages, beside the program", Requirements.Place),
            Artifact = new(folder, "the copy that the build makes, with its packages"),
            Environment = [("PYTHONPATH", new(Packages, "where the build puts them")), .. variables],
        };
    }

    private string[] Export()
    {
        if (Install?.StartsWith("-r .signalbox/", StringComparison.Ordinal) != true) return [];
        return Requirements!.Path.EndsWith("Pipfile", StringComparison.Ordinal)
            ? ["mkdir -p .signalbox", "pipenv requirements > .signalbox/requirements.txt"]
            : ["mkdir -p .signalbox", "uv export --quiet --frozen --no-dev --no-emit-project -o .signalbox/requirements.txt"];
    }

    [GeneratedRegex(@"^\[(project|tool\.poetry)\]")]
    private static partial Regex Project();
}
