import Field
