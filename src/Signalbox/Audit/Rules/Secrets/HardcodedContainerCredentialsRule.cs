using Signalbox.Audit.Readers;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class HardcodedContainerCredentialsRule : Rule, IChecks<PipelineJob>, IChecks<PipelineStep>
{
    public override RuleInfo Info { get; } = new(
        "hardcoded-container-credentials", "Registry password written in the pipeline", Theme.Secrets, RuleSeverity.High, ["github-actions", "gitlab-ci", "azure-pipelines"],
        "Anyone who can read the repository can use the registry account", "Store the password as a secret and name that: password: ${{ secrets.REGISTRY_PASSWORD }}");

    public void Check(PipelineJob site, Report report)
    {
        foreach (var image in (IEnumerable<Pipelines.ContainerImage>)[.. site.Job.Container is { } own ? [own] : (Pipelines.ContainerImage[])[], .. site.Job.Services])
            if (image.Password is { IsNull: false } password && !password.Value.Contains('$'))
                report.At(password, "the registry's password is written here", "expected a secret");
    }

    public void Check(PipelineStep site, Report report)
    {
        if (site.Step.Uses is not { } uses || !uses.Is("docker/login-action")) return;
        foreach (var input in site.Step.Inputs)
            if (input is { Name: "password", Node: YamlScalar { IsNull: false, Value.Length: > 0 } password } && !password.Value.Contains('$'))
                report.At(password, "the registry's password is written here", "expected a secret");
    }
}
