using Signalbox.Pipelines;
using Signalbox.Pipelines.Shell;
using Signalbox.Yaml;

namespace Signalbox.Audit.Docker;

/// <summary>A Dockerfile or Containerfile.</summary>
internal sealed record Dockerfile(IReadOnlyList<Instruction> Instructions)
{
    public IEnumerable<Instruction> Of(string name) => Instructions.Where(i => i.Name == name);
}

/// <summary>One instruction, its continued lines joined.</summary>
/// <param name="Name">In capitals: <c>FROM</c>.</param>
/// <param name="Arguments">What follows the name, with continued lines joined; <c>Arguments.InFile</c> gives places.</param>
/// <param name="Range">The whole instruction in the file.</param>
/// <param name="Stage">The 0-based build stage; -1 before the first FROM.</param>
internal sealed record Instruction(string Name, Script Arguments, TextRange Range, int Stage)
{
    /// <summary>The arguments split at blanks.</summary>
    public IReadOnlyList<ShellWord> Words => Arguments.Shell.Commands is [var only] ? only.Words : [];
}
