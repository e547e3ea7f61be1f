using Signalbox.Evidence.Verification;

namespace Signalbox.Tests.Evidence.Verification;

public sealed class SourceRepositoriesTests
{
    [Theory]
    [InlineData("github.com/acme/shop")]
    [InlineData("https://github.com/acme/shop")]
    [InlineData("https://github.com/acme/shop.git")]
    [InlineData("git+https://github.com/acme/shop@refs/heads/main")]
    [InlineData("git+https://github.com/acme/shop.git@refs/tags/v1")]
    [InlineData("git+github.com/acme/shop")]
    public void Repository_HoweverItIsWritten_IsTheSame(string source) => Assert.Equal("github.com/acme/shop", SourceRepositories.Plain(source));

    [Theory]
    [InlineData("github.com/acme/shop", "https://github.com/acme/shop/.github/workflows/a.yml@refs/heads/main", true)]
    [InlineData("https://GitHub.com/Acme/shop", "https://github.com/acme/shop/.github/workflows/a.yml@refs/heads/main", true)]
    [InlineData("github.com/acme/shop", "https://github.com/acme/shop@refs/heads/main", true)]
    [InlineData("github.com/acme/shop", "https://github.com/acme/shop2/.github/workflows/a.yml@refs/heads/main", false)]
    [InlineData("github.com/acme/shop", "https://github.com/evil/github.com/acme/shop/a.yml@refs/heads/main", false)]
    [InlineData("", "/a.yml@refs/heads/main", false)]
    public void Workflow_LiesInTheRepositoryItsNameBeginsWith(string source, string identity, bool lies) => Assert.Equal(lies, SourceRepositories.Has(source, identity));

    [Theory]
    [InlineData("https://github.com/acme/shop/.github/workflows/a.yml@refs/heads/main", true)]
    [InlineData("https://accounts.example/users/7", false)]
    [InlineData("someone@example.com", false)]
    public void Name_OfAWorkflow_IsAnAddressAtAReference(string identity, bool isWorkflow) => Assert.Equal(isWorkflow, SourceRepositories.IsWorkflow(identity));
}
