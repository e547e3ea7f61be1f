using Signalbox.Pipelines.Shell;

namespace Signalbox.Audit.Rules;

/// <summary>Packages that a command installs by name.</summary>
internal static class PackageInstall
{
    /// <summary>The arguments that name a package without an exact version.</summary>
    public static IEnumerable<ShellWord> Unpinned(ShellCommand command) => command.Program switch
    {
        "pip" or "pip2" or "pip3" => Pip(command.Arguments, 0),
        _ when IsPython(command.Program) && command.Is(command.Program) && Module(command) is >= 0 and var at => Pip(command.Arguments, at),
        "uv" when command.Is("uv", "pip", "install") => Pip(command.Arguments, 1),
        _ => [],
    };

    private static bool IsPython(string program) => program.StartsWith("python", StringComparison.Ordinal) || program == "py";

    /// <summary>Where the arguments of <c>python -m pip</c> begin, or -1.</summary>
    private static int Module(ShellCommand command)
    {
        for (var i = 0; i + 1 < command.Arguments.Length; i++)
            if (command.Arguments[i].Text == "-m") return command.Arguments[i + 1].Text == "pip" ? i + 2 : -1;
        return -1;
    }

    // options of pip that take the next word
    private static readonly HashSet<string> s_valued = new(StringComparer.Ordinal)
    {
        "-r", "--requirement", "-c", "--constraint", "-e", "--editable", "-t", "--target", "-i", "--index-url", "--extra-index-url", "-f", "--find-links", "--trusted-host",
        "--prefix", "--root", "--python", "--cache-dir", "--global-option", "--install-option", "--timeout", "--retries", "--proxy", "--progress-bar", "--no-binary", "--only-binary", "--log",
    };

    private static IEnumerable<ShellWord> Pip(IReadOnlyList<ShellWord> words, int from)
    {
        var verb = from;
        while (verb < words.Count && words[verb].Text.StartsWith('-')) verb++;
        if (verb >= words.Count || words[verb].Text != "install") yield break;
        // hashes and constraints pin what is not written here
        if (words.Any(w => w.Text is "-c" or "--constraint" or "--require-hashes" || w.Text.StartsWith("--constraint=", StringComparison.Ordinal))) yield break;
        for (var i = verb + 1; i < words.Count; i++)
        {
            var text = words[i].Text;
            if (s_valued.Contains(text)) i++;
            else if (!text.StartsWith('-') && IsUnpinned(text)) yield return words[i];
        }
    }

    private static bool IsUnpinned(string text)
    {
        if (text.StartsWith("git+", StringComparison.Ordinal)) return !IsFixedRef(text);
        // the project, another path, a file, a variable, or a shell's own word
        if (text.Length == 0 || text[0] is '.' or '/' or '$' or '~' or '%' or '*' || text.Contains('/') || text.Contains("==", StringComparison.Ordinal) || text.Contains('$')) return false;
        if (text.EndsWith(".whl", StringComparison.Ordinal) || text.EndsWith(".gz", StringComparison.Ordinal) || text.EndsWith(".zip", StringComparison.Ordinal)) return false;
        return char.IsAsciiLetterOrDigit(text[0]) && !IsTool(Name(text));
    }

    private static bool IsFixedRef(string text)
    {
        var at = text.LastIndexOf('@');
        var reference = at > text.IndexOf("://", StringComparison.Ordinal) + 2 ? text[(at + 1)..].Split('#')[0] : "";
        return (reference.Length >= 7 && reference.All(char.IsAsciiHexDigit)) || reference.Any(char.IsAsciiDigit);
    }

    private static readonly System.Buffers.SearchValues<char> s_afterName = System.Buffers.SearchValues.Create("=<>!~[;@ ");

    private static string Name(string text)
    {
        var end = text.AsSpan().IndexOfAny(s_afterName);
        return (end < 0 ? text : text[..end]).ToLowerInvariant().Replace('_', '-');
    }

    private static readonly HashSet<string> s_tools = new(StringComparer.Ordinal)
    {
        "pip", "setuptools", "wheel", "build", "twine", "virtualenv", "pipenv", "poetry", "tox", "nox", "hatch", "flit", "uv", "pdm", "pip-tools", "pipx", "check-manifest", "bumpversion", "bump2version",
        "sphinx", "mkdocs", "mkdocs-material", "doc8", "interrogate", "pdoc", "pdoc3", "cookiecutter", "pre-commit", "commitizen", "invoke", "awscli", "ansible", "ansible-lint", "yamllint", "docker-compose", "conan", "meson", "ninja", "cmake", "gcovr",
        "flake8", "pep8", "pycodestyle", "pydocstyle", "pyflakes", "pylint", "black", "isort", "mypy", "ruff", "autopep8", "yapf", "bandit", "safety", "pip-audit", "radon", "vulture", "semgrep", "codespell", "proselint",
        "pytest", "nose", "nose2", "coverage", "codecov", "coveralls", "unittest2", "mock", "green", "behave", "robotframework", "locust", "python-semantic-release", "anybadge", "pylint-exit", "pre-commit-hooks", "wemake-python-styleguide", "cibuildwheel", "auditwheel",
    };

    // plug-ins are part of the tool
    private static bool IsTool(string name) =>
        s_tools.Contains(name) || name.StartsWith("pytest-", StringComparison.Ordinal) || name.StartsWith("flake8-", StringComparison.Ordinal) || name.StartsWith("mkdocs-", StringComparison.Ordinal)
        || name.StartsWith("pylint-", StringComparison.Ordinal) || name.StartsWith("tox-", StringComparison.Ordinal) || name.StartsWith("setuptools", StringComparison.Ordinal);
}
